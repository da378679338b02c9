# Español: con «usted».

## El asunto

subject = Nuevo inicio de sesión en { $product }
subject-device = Nuevo inicio de sesión en { $product }: { $device }
subject-digest = { $count ->
        [one] { $number } inicio de sesión más en { $product }
       *[other] { $number } inicios de sesión más en { $product }
    }

## Qué ha ocurrido

new-device = Se acaba de iniciar sesión en su cuenta de { $product } desde un dispositivo que no conocíamos.
new-device-late = Se ha iniciado sesión en su cuenta de { $product } desde un dispositivo que no conocíamos.
new-device-unusual = Se acaba de iniciar sesión en su cuenta de { $product } de forma inusual y desde un dispositivo que no conocíamos.
new-device-unusual-late = Se ha iniciado sesión en su cuenta de { $product } de forma inusual y desde un dispositivo que no conocíamos.
unusual = Se acaba de iniciar sesión en su cuenta de { $product } de forma inusual.
unusual-late = Se ha iniciado sesión en su cuenta de { $product } de forma inusual.
digest = { $count ->
        [one] Ha habido { $number } inicio de sesión más en su cuenta de { $product }.
       *[other] Ha habido { $number } inicios de sesión más en su cuenta de { $product }.
    }
sent-late = No hemos podido enviar este mensaje antes.

## La tabla

account = Cuenta
newest = El más reciente
riskiest = El más inusual
when = Cuándo
device = Dispositivo
where = Dónde
ip-address = Dirección IP
method = Acceso con

browser-on-system = { $browser } en { $os }
unknown-browser = Navegador desconocido en { $os }
unknown-device = Dispositivo desconocido
android-app = Aplicación de Android
ios-app = Aplicación de iOS
desktop-app = Aplicación de escritorio
script = Script

near-city = cerca de { $city }, { $country } (estimado según la dirección IP)
in-country = { $country } (estimado según la dirección IP)
unknown-place = lugar desconocido
private-network = una red privada

password = contraseña
passkey = llave de acceso (passkey)
magic-link = enlace enviado por correo
one-time-code = código de un solo uso
single-sign-on = inicio de sesión único (SSO)

## Los motivos

why = Por qué recibe este mensaje
why-device-and-country = Este dispositivo y este país son nuevos para su cuenta.
why-device-and-network = Este dispositivo y esta red son nuevos para su cuenta.
why-new-device = Este dispositivo es nuevo para su cuenta.
why-new-country = Este país es nuevo para su cuenta.
why-new-network = Esta red es nueva para su cuenta.
why-impossible-travel = Su último inicio de sesión fue demasiado lejos para el tiempo transcurrido.
why-user-agent-mismatch = El navegador no es el que dice ser.
why-token-mismatch = Llevaba la marca de otro dispositivo.
why-denied-device = Usted nos indicó que este dispositivo no es suyo.
why-anonymous-network = La red oculta dónde está.
why-hosting-network = La red pertenece a un centro de datos.
why-failed-attempts = Antes hubo intentos fallidos.
why-credential-stuffing = La misma red probó muchas cuentas.
why-unusual-hour = Rara vez inicia sesión a esta hora.
why-rare-login = Hacía mucho tiempo que no iniciaba sesión.
why-unusual = Este inicio de sesión no se parece a los anteriores.

## Qué hacer

if-you = Si ha sido usted, no tiene que hacer nada.
if-not-you = Si no ha sido usted
sign-out = Abra { $product } por su cuenta y cierre la sesión de este dispositivo.
sign-out-unknown = Abra { $product } por su cuenta y cierre la sesión de los dispositivos que no conozca.
change-password = Cambie su contraseña.
remove-passkeys = Elimine las llaves de acceso que no conozca.
secure-mailbox = Cambie la contraseña de su correo electrónico.
secure-provider = Cambie la contraseña de la cuenta utilizada.
change-password-if-any = Cambie su contraseña, si tiene una.
two-step = Active la verificación en dos pasos.
button = Revisar este inicio de sesión
link = O abra esta dirección
never = Nunca le pedimos su contraseña ni un código por correo electrónico.
reference = Referencia

## El remitente

sender = { $product } envía este mensaje para proteger su cuenta.
support = ¿Preguntas? { $support }
kept = { $days ->
        [one] Estos datos se conservan un día.
       *[other] Estos datos se conservan { $number } días.
    }
places-by = Geolocalización: { $credit }.

## Fechas y horas

monday = lunes
tuesday = martes
wednesday = miércoles
thursday = jueves
friday = viernes
saturday = sábado
sunday = domingo
january = enero
february = febrero
march = marzo
april = abril
may = mayo
june = junio
july = julio
august = agosto
september = septiembre
october = octubre
november = noviembre
december = diciembre
date = { $weekday }, { $day } de { $month } de { $year }
clock = { $hour }:{ $minute }
moment = { $date }, { $clock } { $zone } ({ $utc } UTC)
moment-other-day = { $date }, { $clock } { $zone } ({ $weekday } { $utc } UTC)
moment-utc = { $date }, { $utc } UTC
thousands = .
colon = { ": " }

## La página del botón

page-question = ¿Ha sido usted?
page-signed-in = Alguien ha iniciado sesión en su cuenta:
page-yes = Si ha sido usted, cierre esta página.
page-yes-then = No cambia nada.
page-no = Si no ha sido usted, díganoslo. Anotaremos que este dispositivo no es suyo y le avisaremos si vuelve.
page-not-me = No he sido yo
page-places-by = Geolocalización de IP
page-thanks = Gracias
page-noted = Gracias. Hemos anotado que no ha sido usted.
page-next = Hemos anotado que el dispositivo no es suyo. Ahora, haga lo siguiente:
page-sign-out = Abra { $product } por su cuenta, no desde un enlace, y cierre la sesión de los dispositivos que no conozca.
page-password = Cambie su contraseña, también en los demás sitios donde use la misma.
page-gone = Este enlace ya no funciona
page-gone-why = Puede que ya se haya usado o que sea demasiado antiguo.
page-gone-then = Si cree que otra persona está en su cuenta, abra { $product } por su cuenta, cierre la sesión de los dispositivos que no conozca y cambie su contraseña.

## Una solicitud: el correo que pregunta, el que dice que está hecho y las páginas tras sus botones

request-subject = Confirme su solicitud a { $product }
request-subject-done = Su solicitud a { $product } está hecha
request-subject-copy = Su copia de { $product } está lista
request-asked-export = Se ha pedido a { $product } una copia de todo lo que se guarda sobre sus inicios de sesión.
request-asked-erase = Se ha pedido a { $product } que borre todo lo que se guarda sobre sus inicios de sesión.
request-asked-restrict = Se ha pedido a { $product } que deje de evaluar sus inicios de sesión.
request-asked-object = Se ha pedido a { $product } que deje de usar los detalles que sus páginas leen de sus dispositivos.
request-then-export = Recibirá por correo electrónico un enlace a la copia.
request-then-erase = Sus dispositivos, inicios de sesión y avisos se borrarán para siempre. Su cuenta sigue existiendo.
request-then-restrict = Solo anotaremos que inicia sesión y no le avisaremos de nada.
request-then-object = Reconoceremos sus dispositivos por menos datos, así que nuestros avisos serán menos exactos.
request-if-not-you = Si usted no lo ha pedido, no tiene que hacer nada: sin su confirmación no ocurre nada.
request-valid = El enlace funciona durante siete días.
request-button = Revisar esta solicitud
request-done-export = La copia de todo lo que se guarda sobre sus inicios de sesión en { $product } está lista.
request-done-erase = Se ha borrado todo lo que se guardaba sobre sus inicios de sesión en { $product }.
request-done-restrict = Sus inicios de sesión en { $product } ya no se evalúan.
request-done-object = { $product } ya no usa los detalles que sus páginas leen de sus dispositivos.
request-done-erase-then = Su próximo inicio de sesión contará como el primero.
request-done-undo = Si quiere deshacerlo, pídaselo a { $product }.
request-copy-once = El enlace funciona una sola vez, durante 24 horas.
request-copy-button = Obtener la copia
request-done-not-you = Si usted no lo ha pedido, cambie la contraseña de su correo electrónico y avise a { $product }.
request-receipt = Comprobante
request-sender = { $product } envía este mensaje porque su cuenta tiene esta dirección.
request-kept = El hecho de que esto se pidió se conserva un año y no más.
page-request = ¿Ha pedido usted esto?
page-request-yes-export = Sí, envíenme la copia
page-request-yes-erase = Sí, bórrenlo
page-request-yes-restrict = Sí, dejen de evaluar
page-request-yes-object = Sí, usen menos
page-request-no = No, no lo he pedido
page-request-confirmed = Gracias. Lo hacemos ahora y le escribiremos cuando esté hecho.
page-request-declined = Gracias. La solicitud queda retirada y no ha cambiado nada.
page-request-gone-then = Si todavía lo desea, pídaselo otra vez a { $product }.
page-copy-once = Solo puede obtenerla una vez. Guárdela donde nadie más pueda leerla.
page-copy-read = Obtenerla para leer
page-copy-data = Obtenerla como datos (JSON)

## The page with all that is kept about a person.

export-title = Lo que { $product } guarda sobre sus accesos
export-written = Redactado el { $moment }.
export-contact = Cómo le escribimos
export-email = Correo electrónico
export-language = Idioma
export-time-zone = Zona horaria
export-processing = Para qué se usan sus accesos
export-full = Todo lo que su navegador indica al acceder se compara con accesos anteriores.
export-minimal = Solo se usan las cabeceras de su navegador, su token y la red.
export-restricted = No se evalúa nada: solo anotamos que usted accede.
export-habits = Lo que hemos aprendido
export-first = Primer acceso
export-logins = Accesos
export-countries = Países
export-devices = Dispositivos
export-first-seen = Visto por primera vez
export-last-seen = Visto por última vez
export-said = Su respuesta
export-said-nothing = Nada todavía
export-said-mine = Es suyo
export-said-not-mine = No es suyo
export-found = El equipo de seguridad concluyó
export-result = Resultado
export-success = Acceso concedido
export-failure = Rechazado
export-noticed = Lo que se notó
export-alerts = Avisos
export-mail = Correo
export-mail-sent = Enviado
export-mail-waiting = Pendiente de envío
export-mail-failed = No se pudo enviar
export-mail-none = No enviado
export-sessions = Sesiones
export-session = Sesión
export-ended = Terminada
export-notes = Notas
export-requests = Sus solicitudes
export-retention = Cuánto tiempo se guarda
export-days = { $days ->
        [one] Un día
       *[other] { $number } días
    }
export-sources = De dónde proviene
export-from-product = { $product } lo indica cuando usted accede.
export-from-places = Lugares de direcciones IP: { $name }, { $date }
export-logic = Cómo se evalúan sus accesos
export-logic-compare = Cada acceso se compara con los dispositivos, lugares, redes y horas de los anteriores.
export-logic-score = Lo inusual aumenta una puntuación. Si el dispositivo es nuevo o la puntuación alta, recibe un aviso por correo.
export-logic-decide = Ningún acceso se rechaza solo por esto: { $product } decide qué sigue.
export-none = Aquí no se guarda nada.
export-reads = Quién consultó y por qué
