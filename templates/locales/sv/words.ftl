# Svenska: med ”du”.

## Ämnesraden

subject = Ny inloggning på { $product }
subject-device = Ny inloggning på { $product }: { $device }
subject-digest = { $count ->
        [one] { $number } inloggning till på { $product }
       *[other] { $number } inloggningar till på { $product }
    }

## Vad som har hänt

new-device = Någon loggade nyss in på ditt { $product }-konto från en enhet som vi inte har sett förut.
new-device-late = Någon loggade in på ditt { $product }-konto från en enhet som vi inte har sett förut.
new-device-unusual = Någon loggade nyss in på ditt { $product }-konto på ett ovanligt sätt från en enhet som vi inte har sett förut.
new-device-unusual-late = Någon loggade in på ditt { $product }-konto på ett ovanligt sätt från en enhet som vi inte har sett förut.
unusual = Någon loggade nyss in på ditt { $product }-konto på ett ovanligt sätt.
unusual-late = Någon loggade in på ditt { $product }-konto på ett ovanligt sätt.
digest = { $count ->
        [one] Det har skett { $number } inloggning till på ditt { $product }-konto.
       *[other] Det har skett { $number } inloggningar till på ditt { $product }-konto.
    }
sent-late = Vi kunde inte skicka det här tidigare.

## Tabellen

account = Konto
newest = Den senaste
riskiest = Den mest ovanliga
when = När
device = Enhet
where = Var
ip-address = IP-adress
method = Inloggad med

browser-on-system = { $browser } på { $os }
unknown-browser = Okänd webbläsare på { $os }
unknown-device = Okänd enhet
android-app = Android-app
ios-app = iOS-app
desktop-app = Skrivbordsapp
script = Skript

near-city = nära { $city }, { $country } (uppskattat från IP-adressen)
in-country = { $country } (uppskattat från IP-adressen)
unknown-place = okänd plats
private-network = ett privat nätverk

password = lösenord
passkey = lösennyckel (passkey)
magic-link = länk via e-post
one-time-code = engångskod
single-sign-on = samlad inloggning (SSO)

## Orsakerna

why = Varför du får det här
why-device-and-country = Enheten och landet är nya för ditt konto.
why-device-and-network = Enheten och nätverket är nya för ditt konto.
why-new-device = Enheten är ny för ditt konto.
why-new-country = Landet är nytt för ditt konto.
why-new-network = Nätverket är nytt för ditt konto.
why-impossible-travel = Din förra inloggning var för långt bort för tiden däremellan.
why-user-agent-mismatch = Webbläsaren är inte den som den utger sig för att vara.
why-token-mismatch = Inloggningen bar en annan enhets märke.
why-denied-device = Du har sagt till oss att enheten inte är din.
why-anonymous-network = Nätverket döljer var det finns.
why-hosting-network = Nätverket hör till ett datacenter.
why-failed-attempts = Det fanns misslyckade försök dessförinnan.
why-credential-stuffing = Samma nätverk provade många konton.
why-unusual-hour = Du loggar sällan in vid den här tiden.
why-rare-login = Du hade inte loggat in på länge.
why-unusual = Inloggningen liknar inte dina tidigare.

## Vad du gör

if-you = Om det var du behöver du inte göra något.
if-not-you = Om det inte var du
sign-out = Öppna { $product } själv och logga ut den här enheten.
sign-out-unknown = Öppna { $product } själv och logga ut de enheter som du inte känner igen.
change-password = Byt lösenord.
remove-passkeys = Ta bort lösennycklar som du inte känner igen.
secure-mailbox = Byt lösenord på ditt e-postkonto.
secure-provider = Byt lösenord på det konto som användes för att logga in.
change-password-if-any = Byt lösenord, om du har ett.
two-step = Slå på tvåstegsinloggning.
button = Granska inloggningen
link = Eller öppna den här adressen
never = Vi ber aldrig om ditt lösenord eller en kod via e-post.
reference = Referens

## Avsändaren

sender = { $product } skickar det här för att skydda ditt konto.
support = Frågor? { $support }
kept = { $days ->
        [one] Uppgifterna sparas i en dag.
       *[other] Uppgifterna sparas i { $number } dagar.
    }
places-by = IP-platser från { $credit }.

## Datum och tider

monday = måndag
tuesday = tisdag
wednesday = onsdag
thursday = torsdag
friday = fredag
saturday = lördag
sunday = söndag
january = januari
february = februari
march = mars
april = april
may = maj
june = juni
july = juli
august = augusti
september = september
october = oktober
november = november
december = december
date = { $weekday } { $day } { $month } { $year }
clock = { $hour }:{ $minute }
moment = { $date } kl. { $clock } { $zone } ({ $utc } UTC)
moment-other-day = { $date } kl. { $clock } { $zone } ({ $weekday } { $utc } UTC)
moment-utc = { $date } kl. { $utc } UTC
thousands = { "\u00A0" }
colon = { ": " }

## Sidan bakom knappen

page-question = Var det du?
page-signed-in = Någon har loggat in på ditt konto:
page-yes = Om det var du kan du stänga sidan.
page-yes-then = Inget ändras.
page-no = Om det inte var du, säg till oss. Vi noterar att enheten inte är din och varnar dig om den kommer tillbaka.
page-not-me = Det var inte jag
page-places-by = IP-platser
page-thanks = Tack
page-noted = Tack. Vi har noterat att det inte var du.
page-next = Enheten är nu märkt som inte din. Gör så här härnäst:
page-sign-out = Öppna { $product } själv, inte via en länk, och logga ut de enheter som du inte känner igen.
page-password = Byt lösenord, även på andra ställen där du använder samma.
page-gone = Den här länken fungerar inte längre
page-gone-why = Den kan redan ha använts eller vara för gammal.
page-gone-then = Om du tror att någon annan är inne på ditt konto, öppna { $product } själv, logga ut de enheter som du inte känner igen och byt lösenord.

## En begäran: mejlet som frågar, mejlet som säger att det är gjort och sidorna bakom knapparna

request-subject = Bekräfta din begäran till { $product }
request-subject-done = Din begäran till { $product } är utförd
request-subject-copy = Din kopia från { $product } är klar
request-asked-export = { $product } har ombetts om en kopia av allt som sparas om dina inloggningar.
request-asked-erase = { $product } har ombetts att radera allt som sparas om dina inloggningar.
request-asked-restrict = { $product } har ombetts att sluta bedöma dina inloggningar.
request-asked-object = { $product } har ombetts att sluta använda de detaljer som dess sidor läser från dina enheter.
request-then-export = Du får en länk till kopian via e-post.
request-then-erase = Dina enheter, inloggningar och varningar raderas för gott. Själva kontot finns kvar.
request-then-restrict = Vi noterar bara att du loggar in och varnar dig inte för något.
request-then-object = Vi känner igen dina enheter på mindre, så våra varningar blir mindre exakta.
request-if-not-you = Om du inte har begärt det här behöver du inte göra något: inget händer utan din bekräftelse.
request-valid = Länken fungerar i sju dagar.
request-button = Granska begäran
request-done-export = Kopian av allt som sparas om dina inloggningar på { $product } är klar.
request-done-erase = Allt som sparades om dina inloggningar på { $product } är raderat.
request-done-restrict = Dina inloggningar på { $product } bedöms inte längre.
request-done-object = { $product } använder inte längre de detaljer som dess sidor läser från dina enheter.
request-done-erase-then = Din nästa inloggning räknas som din första.
request-done-undo = Om du vill ångra det här, vänd dig till { $product }.
request-copy-once = Länken fungerar en gång, inom 24 timmar.
request-copy-button = Hämta kopian
request-done-not-you = Om du inte har begärt det här, byt lösenord på ditt e-postkonto och meddela { $product }.
request-receipt = Kvitto
request-sender = { $product } skickar det här eftersom ditt konto har den här adressen.
request-kept = Att det här begärdes sparas i ett år och inte längre.
page-request = Har du begärt det här?
page-request-yes-export = Ja, skicka kopian
page-request-yes-erase = Ja, radera allt
page-request-yes-restrict = Ja, sluta bedöma
page-request-yes-object = Ja, använd mindre
page-request-no = Nej, jag har inte begärt det
page-request-confirmed = Tack. Vi gör det nu och meddelar dig via e-post när det är klart.
page-request-declined = Tack. Begäran är återkallad och inget har ändrats.
page-request-gone-then = Om du fortfarande vill det, fråga { $product } igen.
page-copy-once = Du kan bara hämta den en gång. Spara den där ingen annan kan läsa den.
page-copy-read = Hämta för att läsa
page-copy-data = Hämta som data (JSON)

## The page with all that is kept about a person.

export-title = Vad { $product } sparar om dina inloggningar
export-written = Skapat { $moment }.
export-contact = Hur vi skriver till dig
export-email = E-postadress
export-language = Språk
export-time-zone = Tidszon
export-processing = Vad dina inloggningar används till
export-full = Allt som din webbläsare berättar när du loggar in jämförs med tidigare inloggningar.
export-minimal = Bara webbläsarens huvuden, dess token och nätverket används.
export-restricted = Inget bedöms: vi noterar bara att du loggar in.
export-habits = Vad vi har lärt oss
export-first = Första inloggningen
export-logins = Inloggningar
export-countries = Länder
export-devices = Enheter
export-first-seen = Först sedd
export-last-seen = Senast sedd
export-said = Ditt svar
export-said-nothing = Inget ännu
export-said-mine = Den är din
export-said-not-mine = Den är inte din
export-found = Säkerhetsteamets bedömning
export-result = Resultat
export-success = Inloggad
export-failure = Nekad
export-noticed = Vad som märktes
export-alerts = Varningar
export-mail = E-post
export-mail-sent = Skickad
export-mail-waiting = Väntar på att skickas
export-mail-failed = Kunde inte skickas
export-mail-none = Inte skickad
export-sessions = Sessioner
export-session = Session
export-ended = Avslutad
export-notes = Anteckningar
export-requests = Dina begäranden
export-retention = Hur länge det sparas
export-days = { $days ->
        [one] En dag
       *[other] { $number } dagar
    }
export-sources = Var det kommer ifrån
export-from-product = { $product } berättar det när du loggar in.
export-from-places = Platser för IP-adresser: { $name }, { $date }
export-logic = Hur dina inloggningar bedöms
export-logic-compare = Varje inloggning jämförs med enheter, platser, nätverk och tider för dina tidigare.
export-logic-score = Det ovanliga höjer en poäng. Om enheten är ny eller poängen hög får du en varning med e-post.
export-logic-decide = Ingen inloggning nekas bara på grund av detta: { $product } avgör vad som följer.
export-none = Här sparas inget.
export-reads = Vem som tittade och varför
