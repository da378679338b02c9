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
