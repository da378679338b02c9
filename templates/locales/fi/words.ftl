# Suomi: sinutellen.

## Otsikko

subject = Uusi kirjautuminen: { $product }
subject-device = Uusi kirjautuminen: { $product } ({ $device })
subject-digest = { $count ->
        [one] { $number } uusi kirjautuminen lisää: { $product }
       *[other] { $number } uutta kirjautumista lisää: { $product }
    }

## Mitä tapahtui

new-device = { $product }-tilillesi kirjauduttiin juuri laitteella, jota emme ole nähneet aiemmin.
new-device-late = { $product }-tilillesi kirjauduttiin laitteella, jota emme ole nähneet aiemmin.
new-device-unusual = { $product }-tilillesi kirjauduttiin juuri epätavallisella tavalla laitteella, jota emme ole nähneet aiemmin.
new-device-unusual-late = { $product }-tilillesi kirjauduttiin epätavallisella tavalla laitteella, jota emme ole nähneet aiemmin.
unusual = { $product }-tilillesi kirjauduttiin juuri epätavallisella tavalla.
unusual-late = { $product }-tilillesi kirjauduttiin epätavallisella tavalla.
digest = { $count ->
        [one] { $product }-tilillesi on kirjauduttu vielä { $number } kerran.
       *[other] { $product }-tilillesi on kirjauduttu vielä { $number } kertaa.
    }
sent-late = Emme voineet lähettää tätä viestiä aiemmin.

## Taulukko

account = Tili
newest = Uusin
riskiest = Epätavallisin
when = Milloin
device = Laite
where = Missä
ip-address = IP-osoite
method = Kirjautumistapa

browser-on-system = { $browser }, { $os }
unknown-browser = Tuntematon selain, { $os }
unknown-device = Tuntematon laite
android-app = Android-sovellus
ios-app = iOS-sovellus
desktop-app = Työpöytäsovellus
script = Komentosarja

near-city = lähellä: { $city }, { $country } (arvio IP-osoitteen perusteella)
in-country = { $country } (arvio IP-osoitteen perusteella)
unknown-place = tuntematon paikka
private-network = yksityinen verkko

password = salasana
passkey = todennusavain (passkey)
magic-link = sähköpostitse saatu linkki
one-time-code = kertakäyttökoodi
single-sign-on = kertakirjautuminen (SSO)

## Syyt

why = Miksi sait tämän viestin
why-device-and-country = Tämä laite ja tämä maa ovat tilillesi uusia.
why-device-and-network = Tämä laite ja tämä verkko ovat tilillesi uusia.
why-new-device = Tämä laite on tilillesi uusi.
why-new-country = Tämä maa on tilillesi uusi.
why-new-network = Tämä verkko on tilillesi uusi.
why-impossible-travel = Edellinen kirjautumisesi tapahtui liian kaukana kuluneeseen aikaan nähden.
why-user-agent-mismatch = Selain ei ole se, joksi se esittäytyy.
why-token-mismatch = Kirjautumisessa oli toisen laitteen tunniste.
why-denied-device = Olet ilmoittanut, ettei tämä laite ole sinun.
why-anonymous-network = Verkko salaa sijaintinsa.
why-hosting-network = Verkko kuuluu palvelinkeskukselle.
why-failed-attempts = Sitä ennen oli epäonnistuneita yrityksiä.
why-credential-stuffing = Samasta verkosta kokeiltiin monia tilejä.
why-unusual-hour = Kirjaudut harvoin tähän aikaan.
why-rare-login = Et ollut kirjautunut pitkään aikaan.
why-unusual = Tämä kirjautuminen ei ole samanlainen kuin aiemmat.

## Mitä tehdä

if-you = Jos se olit sinä, sinun ei tarvitse tehdä mitään.
if-not-you = Jos se et ollut sinä
sign-out = Avaa { $product } itse ja kirjaa tämä laite ulos.
sign-out-unknown = Avaa { $product } itse ja kirjaa ulos laitteet, joita et tunne.
change-password = Vaihda salasanasi.
remove-passkeys = Poista todennusavaimet, joita et tunne.
secure-mailbox = Vaihda sähköpostitilisi salasana.
secure-provider = Vaihda sen tilin salasana, jolla kirjauduttiin.
change-password-if-any = Vaihda salasanasi, jos sinulla on sellainen.
two-step = Ota käyttöön kaksivaiheinen kirjautuminen.
button = Tarkista tämä kirjautuminen
link = Tai avaa tämä osoite
never = Emme koskaan pyydä salasanaasi tai koodia sähköpostitse.
reference = Viite

## Lähettäjä

sender = { $product } lähettää tämän viestin suojatakseen tiliäsi.
support = Kysyttävää? { $support }
kept = { $days ->
        [one] Nämä tiedot säilytetään yhden päivän.
       *[other] Nämä tiedot säilytetään { $number } päivää.
    }
places-by = IP-paikannus: { $credit }.

## Päivämäärät ja kellonajat

monday = maanantai
tuesday = tiistai
wednesday = keskiviikko
thursday = torstai
friday = perjantai
saturday = lauantai
sunday = sunnuntai
january = tammikuuta
february = helmikuuta
march = maaliskuuta
april = huhtikuuta
may = toukokuuta
june = kesäkuuta
july = heinäkuuta
august = elokuuta
september = syyskuuta
october = lokakuuta
november = marraskuuta
december = joulukuuta
date = { $weekday } { $day }. { $month } { $year }
clock = { $hour }.{ $minute }
moment = { $date } klo { $clock } { $zone } ({ $utc } UTC)
moment-other-day = { $date } klo { $clock } { $zone } ({ $weekday } { $utc } UTC)
moment-utc = { $date } klo { $utc } UTC
thousands = { "\u00A0" }
colon = { ": " }

## Painikkeen takana oleva sivu

page-question = Olitko se sinä?
page-signed-in = Joku kirjautui tilillesi:
page-yes = Jos se olit sinä, sulje tämä sivu.
page-yes-then = Mikään ei muutu.
page-no = Jos se et ollut sinä, kerro meille. Merkitsemme, ettei tämä laite ole sinun, ja varoitamme sinua, jos se palaa.
page-not-me = Se en ollut minä
page-places-by = IP-paikannus
page-thanks = Kiitos
page-noted = Kiitos. Merkitsimme, että se et ollut sinä.
page-next = Laite on nyt merkitty vieraaksi. Tee seuraavaksi näin:
page-sign-out = Avaa { $product } itse, älä linkistä, ja kirjaa ulos laitteet, joita et tunne.
page-password = Vaihda salasanasi, myös muualla, missä käytät samaa.
page-gone = Tämä linkki ei enää toimi
page-gone-why = Se on ehkä jo käytetty tai liian vanha.
page-gone-then = Jos epäilet, että joku muu on tililläsi, avaa { $product } itse, kirjaa ulos laitteet, joita et tunne, ja vaihda salasanasi.

## Pyyntö: viesti, joka kysyy, viesti, joka kertoo, että se on tehty, ja painikkeiden takana olevat sivut

request-subject = Vahvista pyyntösi: { $product }
request-subject-done = Pyyntösi on toteutettu: { $product }
request-subject-copy = Kopiosi on valmis: { $product }
request-asked-export = { $product } sai pyynnön: kopio kaikesta, mitä kirjautumisistasi on tallennettu.
request-asked-erase = { $product } sai pyynnön: kaikki, mitä kirjautumisistasi on tallennettu, on poistettava.
request-asked-restrict = { $product } sai pyynnön: kirjautumisiasi ei saa enää arvioida.
request-asked-object = { $product } sai pyynnön: sivujen laitteistasi lukemia yksityiskohtia ei saa enää käyttää.
request-then-export = Saat sähköpostitse linkin kopioon.
request-then-erase = Laitteesi, kirjautumisesi ja varoituksesi poistetaan lopullisesti. Itse tilisi säilyy.
request-then-restrict = Merkitsemme vain, että kirjaudut, emmekä varoita sinua mistään.
request-then-object = Tunnistamme laitteesi vähemmästä, joten varoituksemme ovat epätarkempia.
request-if-not-you = Jos et pyytänyt tätä, sinun ei tarvitse tehdä mitään: ilman vahvistustasi ei tapahdu mitään.
request-valid = Linkki toimii seitsemän päivää.
request-button = Tarkista tämä pyyntö
request-done-export = Kopio kaikesta, mitä kirjautumisistasi on tallennettu, on valmis ({ $product }).
request-done-erase = Kaikki, mitä kirjautumisistasi oli tallennettu, on poistettu ({ $product }).
request-done-restrict = Kirjautumisiasi ei enää arvioida ({ $product }).
request-done-object = Sivujen laitteistasi lukemia yksityiskohtia ei enää käytetä ({ $product }).
request-done-erase-then = Seuraava kirjautumisesi on kuin ensimmäinen.
request-done-undo = Jos haluat perua tämän, ota yhteyttä: { $product }.
request-copy-once = Linkki toimii kerran, 24 tunnin ajan.
request-copy-button = Hae kopio
request-done-not-you = Jos et pyytänyt tätä, vaihda sähköpostitilisi salasana ja ilmoita asiasta: { $product }.
request-receipt = Kuitti
request-sender = { $product } lähettää tämän viestin, koska tililläsi on tämä osoite.
request-kept = Tieto siitä, että tätä pyydettiin, säilytetään vuoden eikä pidempään.
page-request = Pyysitkö tätä?
page-request-yes-export = Kyllä, lähettäkää kopio
page-request-yes-erase = Kyllä, poistakaa kaikki
page-request-yes-restrict = Kyllä, älkää enää arvioiko
page-request-yes-object = Kyllä, käyttäkää vähemmän
page-request-no = Ei, en pyytänyt tätä
page-request-confirmed = Kiitos. Teemme sen nyt ja kerromme sähköpostitse, kun se on tehty.
page-request-declined = Kiitos. Pyyntö on peruttu, eikä mikään ole muuttunut.
page-request-gone-then = Jos haluat sitä yhä, pyydä uudelleen: { $product }.
page-copy-once = Voit hakea sen vain kerran. Tallenna se paikkaan, jossa kukaan muu ei voi lukea sitä.
page-copy-read = Hae luettavana
page-copy-data = Hae tietoina (JSON)

## The page with all that is kept about a person.

export-title = Mitä { $product } säilyttää kirjautumisistasi
export-written = Laadittu { $moment }.
export-contact = Miten kirjoitamme sinulle
export-email = Sähköpostiosoite
export-language = Kieli
export-time-zone = Aikavyöhyke
export-processing = Mihin kirjautumisiasi käytetään
export-full = Kaikkea, mitä selaimesi kertoo kirjautuessasi, verrataan aiempiin kirjautumisiin.
export-minimal = Vain selaimesi otsakkeita, sen tunnistetta ja verkkoa käytetään.
export-restricted = Mitään ei arvioida: merkitsemme vain, että kirjaudut.
export-habits = Mitä olemme oppineet
export-first = Ensimmäinen kirjautuminen
export-logins = Kirjautumiset
export-countries = Maat
export-devices = Laitteet
export-first-seen = Nähty ensin
export-last-seen = Nähty viimeksi
export-said = Vastauksesi
export-said-nothing = Ei vielä mitään
export-said-mine = Se on sinun
export-said-not-mine = Se ei ole sinun
export-found = Tietoturvatiimin päätelmä
export-result = Tulos
export-success = Kirjauduttu
export-failure = Torjuttu
export-noticed = Mitä huomattiin
export-alerts = Varoitukset
export-mail = Sähköposti
export-mail-sent = Lähetetty
export-mail-waiting = Odottaa lähettämistä
export-mail-failed = Ei voitu lähettää
export-mail-none = Ei lähetetty
export-sessions = Istunnot
export-session = Istunto
export-ended = Päättynyt
export-notes = Muistiinpanot
export-requests = Pyyntösi
export-retention = Kuinka kauan sitä säilytetään
export-days = { $days ->
        [one] Yksi päivä
       *[other] { $number } päivää
    }
export-sources = Mistä se on peräisin
export-from-product = { $product } kertoo sen, kun kirjaudut.
export-from-places = IP-osoitteiden paikat: { $name }, { $date }
export-logic = Miten kirjautumisiasi arvioidaan
export-logic-compare = Jokaista kirjautumista verrataan aiempien laitteisiin, paikkoihin, verkkoihin ja aikoihin.
export-logic-score = Epätavallinen kasvattaa pistemäärää. Jos laite on uusi tai pisteitä on paljon, saat varoituksen sähköpostitse.
export-logic-decide = Kirjautumista ei torjuta pelkästään tämän perusteella: { $product } päättää jatkosta.
export-none = Tässä ei säilytetä mitään.
export-reads = Kuka katsoi ja miksi
