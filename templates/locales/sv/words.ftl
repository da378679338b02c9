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
