# Português do Brasil: com “você”.

## O assunto

subject = Novo acesso à conta { $product }
subject-device = Novo acesso à conta { $product }: { $device }
subject-digest = { $count ->
        [one] Mais { $number } acesso à conta { $product }
       *[other] Mais { $number } acessos à conta { $product }
    }

## O que aconteceu

new-device = Sua conta { $product } acabou de ser acessada em um dispositivo que ainda não conhecíamos.
new-device-late = Sua conta { $product } foi acessada em um dispositivo que ainda não conhecíamos.
new-device-unusual = Sua conta { $product } acabou de ser acessada de forma incomum, em um dispositivo que ainda não conhecíamos.
new-device-unusual-late = Sua conta { $product } foi acessada de forma incomum, em um dispositivo que ainda não conhecíamos.
unusual = Sua conta { $product } acabou de ser acessada de forma incomum.
unusual-late = Sua conta { $product } foi acessada de forma incomum.
digest = { $count ->
        [one] Houve mais { $number } acesso à sua conta { $product }.
       *[other] Houve mais { $number } acessos à sua conta { $product }.
    }
sent-late = Não foi possível enviar esta mensagem antes.

## A tabela

account = Conta
newest = O mais recente
riskiest = O mais incomum
when = Quando
device = Dispositivo
where = Onde
ip-address = Endereço IP
method = Acesso com

browser-on-system = { $browser } no { $os }
unknown-browser = Navegador desconhecido no { $os }
unknown-device = Dispositivo desconhecido
android-app = Aplicativo Android
ios-app = Aplicativo iOS
desktop-app = Aplicativo de computador
script = Script

near-city = perto de { $city }, { $country } (estimado pelo endereço IP)
in-country = { $country } (estimado pelo endereço IP)
unknown-place = lugar desconhecido
private-network = uma rede privada

password = senha
passkey = chave de acesso (passkey)
magic-link = link recebido por e-mail
one-time-code = código de uso único
single-sign-on = login único (SSO)

## Os motivos

why = Por que você recebeu esta mensagem
why-device-and-country = Este dispositivo e este país são novos para a sua conta.
why-device-and-network = Este dispositivo e esta rede são novos para a sua conta.
why-new-device = Este dispositivo é novo para a sua conta.
why-new-country = Este país é novo para a sua conta.
why-new-network = Esta rede é nova para a sua conta.
why-impossible-travel = Seu último acesso foi longe demais para o tempo que passou.
why-user-agent-mismatch = O navegador não é o que diz ser.
why-token-mismatch = O acesso trazia a marca de outro dispositivo.
why-denied-device = Você nos disse que este dispositivo não é seu.
why-anonymous-network = A rede esconde onde está.
why-hosting-network = A rede pertence a um data center.
why-failed-attempts = Houve tentativas sem sucesso antes dele.
why-credential-stuffing = A mesma rede tentou acessar muitas contas.
why-unusual-hour = Você raramente acessa a conta neste horário.
why-rare-login = Fazia muito tempo que você não acessava a conta.
why-unusual = Este acesso não se parece com os anteriores.

## O que fazer

if-you = Se foi você, não precisa fazer nada.
if-not-you = Se não foi você
sign-out = Abra { $product } por conta própria e desconecte este dispositivo.
sign-out-unknown = Abra { $product } por conta própria e desconecte os dispositivos que você não conhece.
change-password = Altere sua senha.
remove-passkeys = Remova as chaves de acesso que você não conhece.
secure-mailbox = Altere a senha do seu e-mail.
secure-provider = Altere a senha da conta usada para entrar.
change-password-if-any = Altere sua senha, se você tiver uma.
two-step = Ative a verificação em duas etapas.
button = Revisar este acesso
link = Ou abra este endereço
never = Nunca pedimos sua senha nem um código por e-mail.
reference = Referência

## Quem envia

sender = { $product } envia esta mensagem para proteger a sua conta.
support = Dúvidas? { $support }
kept = { $days ->
        [one] Estes dados são guardados por um dia.
       *[other] Estes dados são guardados por { $number } dias.
    }
places-by = Geolocalização de IP por { $credit }.

## Datas e horas

monday = segunda-feira
tuesday = terça-feira
wednesday = quarta-feira
thursday = quinta-feira
friday = sexta-feira
saturday = sábado
sunday = domingo
january = janeiro
february = fevereiro
march = março
april = abril
may = maio
june = junho
july = julho
august = agosto
september = setembro
october = outubro
november = novembro
december = dezembro
date = { $day ->
        [1] { $weekday }, 1º de { $month } de { $year }
       *[other] { $weekday }, { $day } de { $month } de { $year }
    }
clock = { $hour }:{ $minute }
moment = { $date }, { $clock } { $zone } ({ $utc } UTC)
moment-other-day = { $date }, { $clock } { $zone } ({ $weekday } { $utc } UTC)
moment-utc = { $date }, { $utc } UTC
thousands = .
colon = { ": " }

## A página do botão

page-question = Foi você?
page-signed-in = Alguém acessou a sua conta:
page-yes = Se foi você, feche esta página.
page-yes-then = Nada muda.
page-no = Se não foi você, avise. Vamos registrar que este dispositivo não é seu e avisar você se ele voltar.
page-not-me = Não fui eu
page-places-by = Geolocalização de IP
page-thanks = Obrigado
page-noted = Obrigado. Registramos que não foi você.
page-next = Registramos que o dispositivo não é seu. Agora, faça o seguinte:
page-sign-out = Abra { $product } por conta própria, não por um link, e desconecte os dispositivos que você não conhece.
page-password = Altere sua senha, também em outros lugares onde você usa a mesma.
page-gone = Este link não funciona mais
page-gone-why = Ele pode já ter sido usado ou ser antigo demais.
page-gone-then = Se você acha que outra pessoa está na sua conta, abra { $product } por conta própria, desconecte os dispositivos que você não conhece e altere sua senha.

## Um pedido: o e-mail que pergunta, o que diz que está feito e as páginas por trás dos botões

request-subject = Confirme seu pedido à { $product }
request-subject-done = Seu pedido à { $product } foi atendido
request-subject-copy = Sua cópia da { $product } está pronta
request-asked-export = Foi pedida à { $product } uma cópia de tudo o que é guardado sobre os seus acessos.
request-asked-erase = Foi pedido à { $product } que apague tudo o que é guardado sobre os seus acessos.
request-asked-restrict = Foi pedido à { $product } que deixe de avaliar os seus acessos.
request-asked-object = Foi pedido à { $product } que deixe de usar os detalhes que suas páginas leem dos seus dispositivos.
request-then-export = Você recebe por e-mail um link para a cópia.
request-then-erase = Seus dispositivos, acessos e avisos serão apagados para sempre. A sua conta continua existindo.
request-then-restrict = Vamos registrar apenas que você acessa a conta, sem avisar de nada.
request-then-object = Vamos reconhecer seus dispositivos por menos dados, e nossos avisos serão menos exatos.
request-if-not-you = Se não foi você que pediu, não precisa fazer nada: sem a sua confirmação, nada acontece.
request-valid = O link funciona por sete dias.
request-button = Revisar este pedido
request-done-export = A cópia de tudo o que é guardado sobre os seus acessos à conta { $product } está pronta.
request-done-erase = Tudo o que era guardado sobre os seus acessos à conta { $product } foi apagado.
request-done-restrict = Seus acessos à conta { $product } não são mais avaliados.
request-done-object = { $product } não usa mais os detalhes que suas páginas leem dos seus dispositivos.
request-done-erase-then = Seu próximo acesso contará como o primeiro.
request-done-undo = Para desfazer isto, fale com { $product }.
request-copy-once = O link funciona uma única vez, em até 24 horas.
request-copy-button = Obter a cópia
request-done-not-you = Se não foi você que pediu, altere a senha do seu e-mail e avise { $product }.
request-receipt = Recibo
request-sender = { $product } envia esta mensagem porque a sua conta tem este endereço.
request-kept = O registro de que isto foi pedido é guardado por um ano, e não mais.
page-request = Foi você que pediu isto?
page-request-yes-export = Sim, enviem a cópia
page-request-yes-erase = Sim, apaguem tudo
page-request-yes-restrict = Sim, parem de avaliar
page-request-yes-object = Sim, usem menos
page-request-no = Não, não fui eu que pedi
page-request-confirmed = Obrigado. Vamos fazer isso agora e avisar por e-mail quando estiver feito.
page-request-declined = Obrigado. O pedido foi retirado, e nada mudou.
page-request-gone-then = Se você ainda quiser, peça outra vez à { $product }.
page-copy-once = Você só pode obtê-la uma vez. Guarde-a onde mais ninguém possa ler.
page-copy-read = Obter para ler
page-copy-data = Obter como dados (JSON)

## The page with all that is kept about a person.

export-title = O que { $product } guarda sobre os seus acessos
export-written = Gerado em { $moment }.
export-contact = Como escrevemos para você
export-email = Endereço de e-mail
export-language = Idioma
export-time-zone = Fuso horário
export-processing = Para que os seus acessos são usados
export-full = Tudo o que o seu navegador informa no acesso é comparado com acessos anteriores.
export-minimal = Só são usados os cabeçalhos do seu navegador, o token dele e a rede.
export-restricted = Nada é avaliado: só registramos que você acessa.
export-habits = O que aprendemos
export-first = Primeiro acesso
export-logins = Acessos
export-countries = Países
export-devices = Dispositivos
export-first-seen = Visto pela primeira vez
export-last-seen = Visto pela última vez
export-said = A sua resposta
export-said-nothing = Nada ainda
export-said-mine = É seu
export-said-not-mine = Não é seu
export-found = A equipe de segurança concluiu
export-result = Resultado
export-success = Acesso concedido
export-failure = Recusado
export-noticed = O que foi notado
export-alerts = Avisos
export-mail = E-mail
export-mail-sent = Enviado
export-mail-waiting = Aguarda envio
export-mail-failed = Não pôde ser enviado
export-mail-none = Não enviado
export-sessions = Sessões
export-session = Sessão
export-ended = Encerrada
export-notes = Notas
export-requests = Os seus pedidos
export-retention = Por quanto tempo é guardado
export-days = { $days ->
        [one] { $number } dia
       *[other] { $number } dias
    }
export-sources = De onde vem
export-from-product = { $product } informa quando você acessa.
export-from-places = Lugares de endereços IP: { $name }, { $date }
export-logic = Como os seus acessos são avaliados
export-logic-compare = Cada acesso é comparado com os dispositivos, lugares, redes e horários dos anteriores.
export-logic-score = O que é incomum aumenta uma pontuação. Se o dispositivo é novo ou a pontuação alta, você recebe um aviso por e-mail.
export-logic-decide = Nenhum acesso é recusado só por isso: { $product } decide o que acontece depois.
export-none = Nada é guardado aqui.
export-reads = Quem consultou e por quê
