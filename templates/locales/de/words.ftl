# Deutsch: mit „Sie“.

## Betreff

subject = Neue Anmeldung bei { $product }
subject-device = Neue Anmeldung bei { $product }: { $device }
subject-digest = { $count ->
        [one] { $number } weitere Anmeldung bei { $product }
       *[other] { $number } weitere Anmeldungen bei { $product }
    }

## Was geschehen ist

new-device = In Ihrem { $product }-Konto hat sich gerade jemand mit einem Gerät angemeldet, das wir noch nicht kennen.
new-device-late = In Ihrem { $product }-Konto hat sich jemand mit einem Gerät angemeldet, das wir noch nicht kennen.
new-device-unusual = In Ihrem { $product }-Konto hat sich gerade jemand auf ungewöhnliche Weise und mit einem Gerät angemeldet, das wir noch nicht kennen.
new-device-unusual-late = In Ihrem { $product }-Konto hat sich jemand auf ungewöhnliche Weise und mit einem Gerät angemeldet, das wir noch nicht kennen.
unusual = In Ihrem { $product }-Konto hat sich gerade jemand auf ungewöhnliche Weise angemeldet.
unusual-late = In Ihrem { $product }-Konto hat sich jemand auf ungewöhnliche Weise angemeldet.
digest = { $count ->
        [one] In Ihrem { $product }-Konto gab es { $number } weitere Anmeldung.
       *[other] In Ihrem { $product }-Konto gab es { $number } weitere Anmeldungen.
    }
sent-late = Wir konnten diese Nachricht nicht früher senden.

## Tabelle

account = Konto
newest = Die neueste
riskiest = Die ungewöhnlichste
when = Wann
device = Gerät
where = Wo
ip-address = IP-Adresse
method = Angemeldet mit

browser-on-system = { $browser } unter { $os }
unknown-browser = Unbekannter Browser unter { $os }
unknown-device = Unbekanntes Gerät
android-app = Android-App
ios-app = iOS-App
desktop-app = Desktop-App
script = Skript

near-city = in der Nähe von { $city }, { $country } (anhand der IP-Adresse geschätzt)
in-country = { $country } (anhand der IP-Adresse geschätzt)
unknown-place = Ort unbekannt
private-network = ein privates Netzwerk

password = Passwort
passkey = Passkey
magic-link = Link per E-Mail
one-time-code = Einmalcode
single-sign-on = Single Sign-On

## Gründe

why = Warum Sie das erhalten
why-device-and-country = Dieses Gerät und dieses Land sind neu für Ihr Konto.
why-device-and-network = Dieses Gerät und dieses Netzwerk sind neu für Ihr Konto.
why-new-device = Dieses Gerät ist neu für Ihr Konto.
why-new-country = Dieses Land ist neu für Ihr Konto.
why-new-network = Dieses Netzwerk ist neu für Ihr Konto.
why-impossible-travel = Ihre letzte Anmeldung war für die kurze Zeit dazwischen zu weit entfernt.
why-user-agent-mismatch = Der Browser ist nicht der, für den er sich ausgibt.
why-token-mismatch = Die Anmeldung trug das Kennzeichen eines anderen Geräts.
why-denied-device = Sie haben uns mitgeteilt, dass dieses Gerät nicht Ihnen gehört.
why-anonymous-network = Das Netzwerk verbirgt, wo es sich befindet.
why-hosting-network = Das Netzwerk gehört zu einem Rechenzentrum.
why-failed-attempts = Davor gab es fehlgeschlagene Versuche.
why-credential-stuffing = Aus demselben Netzwerk wurden viele Konten ausprobiert.
why-unusual-hour = Um diese Uhrzeit melden Sie sich selten an.
why-rare-login = Sie hatten sich lange nicht angemeldet.
why-unusual = Diese Anmeldung ist anders als Ihre bisherigen.

## Was zu tun ist

if-you = Wenn Sie das waren, müssen Sie nichts tun.
if-not-you = Wenn Sie das nicht waren
sign-out = Öffnen Sie { $product } selbst und melden Sie dieses Gerät ab.
sign-out-unknown = Öffnen Sie { $product } selbst und melden Sie alle Geräte ab, die Sie nicht kennen.
change-password = Ändern Sie Ihr Passwort.
remove-passkeys = Entfernen Sie Passkeys, die Sie nicht kennen.
secure-mailbox = Ändern Sie das Passwort Ihres E-Mail-Kontos.
secure-provider = Ändern Sie das Passwort des Kontos, mit dem die Anmeldung erfolgte.
change-password-if-any = Ändern Sie Ihr Passwort, falls Sie eines haben.
two-step = Schalten Sie die Anmeldung in zwei Schritten ein.
button = Diese Anmeldung prüfen
link = Oder öffnen Sie diese Adresse
never = Wir fragen nie per E-Mail nach Ihrem Passwort oder einem Code.
reference = Kennung

## Absender

sender = { $product } sendet diese Nachricht zum Schutz Ihres Kontos.
support = Fragen? { $support }
kept = { $days ->
        [one] Diese Angaben werden einen Tag lang gespeichert.
       *[other] Diese Angaben werden { $number } Tage lang gespeichert.
    }
places-by = IP-Geolokalisierung von { $credit }.

## Datum und Uhrzeit

monday = Montag
tuesday = Dienstag
wednesday = Mittwoch
thursday = Donnerstag
friday = Freitag
saturday = Samstag
sunday = Sonntag
january = Januar
february = Februar
march = März
april = April
may = Mai
june = Juni
july = Juli
august = August
september = September
october = Oktober
november = November
december = Dezember
date = { $weekday }, { $day }. { $month } { $year }
clock = { $hour }:{ $minute }
moment = { $date }, { $clock } { $zone } ({ $utc } UTC)
moment-other-day = { $date }, { $clock } { $zone } ({ $weekday } { $utc } UTC)
moment-utc = { $date }, { $utc } UTC
thousands = .
colon = { ": " }

## Die Seite hinter der Schaltfläche

page-question = Waren Sie das?
page-signed-in = Jemand hat sich in Ihrem Konto angemeldet:
page-yes = Wenn Sie das waren, schließen Sie diese Seite.
page-yes-then = Es ändert sich nichts.
page-no = Wenn Sie das nicht waren, teilen Sie es uns mit. Wir merken uns, dass dieses Gerät nicht Ihnen gehört, und warnen Sie, wenn es wiederkommt.
page-not-me = Das war ich nicht
page-places-by = IP-Geolokalisierung
page-thanks = Vielen Dank
page-noted = Vielen Dank. Wir haben notiert, dass Sie das nicht waren.
page-next = Das Gerät gilt nun nicht mehr als Ihres. Bitte tun Sie als Nächstes Folgendes:
page-sign-out = Öffnen Sie { $product } selbst, nicht über einen Link, und melden Sie alle Geräte ab, die Sie nicht kennen.
page-password = Ändern Sie Ihr Passwort, auch überall dort, wo Sie dasselbe verwenden.
page-gone = Dieser Link funktioniert nicht mehr
page-gone-why = Er wurde vielleicht schon verwendet oder ist zu alt.
page-gone-then = Wenn Sie glauben, dass jemand anderes in Ihrem Konto ist, öffnen Sie { $product } selbst, melden Sie alle Geräte ab, die Sie nicht kennen, und ändern Sie Ihr Passwort.

## Eine Anfrage: die E-Mail, die fragt, die E-Mail, die sagt, dass es getan ist, und die Seiten dahinter

request-subject = Bitte bestätigen: Ihre Anfrage an { $product }
request-subject-done = Ihre Anfrage an { $product } ist erledigt
request-subject-copy = Ihre Kopie von { $product } ist bereit
request-asked-export = { $product } wurde um eine Kopie von allem gebeten, was über Ihre Anmeldungen gespeichert ist.
request-asked-erase = { $product } wurde gebeten, alles zu löschen, was über Ihre Anmeldungen gespeichert ist.
request-asked-restrict = { $product } wurde gebeten, Ihre Anmeldungen nicht mehr auszuwerten.
request-asked-object = { $product } wurde gebeten, die Einzelheiten nicht mehr zu nutzen, die seine Seiten von Ihren Geräten lesen.
request-then-export = Sie erhalten per E-Mail einen Link zur Kopie.
request-then-erase = Ihre Geräte, Anmeldungen und Warnungen werden endgültig gelöscht. Ihr Konto selbst bleibt bestehen.
request-then-restrict = Wir halten nur fest, dass Sie sich anmelden, und warnen Sie vor nichts mehr.
request-then-object = Wir erkennen Ihre Geräte an weniger Merkmalen, daher sind unsere Warnungen weniger genau.
request-if-not-you = Wenn Sie das nicht verlangt haben, müssen Sie nichts tun: Ohne Ihre Bestätigung geschieht nichts.
request-valid = Der Link gilt sieben Tage lang.
request-button = Diese Anfrage prüfen
request-done-export = Die Kopie von allem, was über Ihre Anmeldungen bei { $product } gespeichert ist, ist bereit.
request-done-erase = Alles, was über Ihre Anmeldungen bei { $product } gespeichert war, ist gelöscht.
request-done-restrict = Ihre Anmeldungen bei { $product } werden nicht mehr ausgewertet.
request-done-object = { $product } nutzt die Einzelheiten nicht mehr, die seine Seiten von Ihren Geräten lesen.
request-done-erase-then = Ihre nächste Anmeldung zählt als Ihre erste.
request-done-undo = Wenn Sie das rückgängig machen möchten, wenden Sie sich an { $product }.
request-copy-once = Der Link funktioniert einmal, innerhalb von 24 Stunden.
request-copy-button = Kopie abrufen
request-done-not-you = Wenn Sie das nicht verlangt haben, ändern Sie das Passwort Ihres E-Mail-Kontos und melden Sie es { $product }.
request-receipt = Quittung
request-sender = { $product } sendet diese Nachricht, weil Ihr Konto diese Adresse hat.
request-kept = Dass dies verlangt wurde, wird ein Jahr lang gespeichert und nicht länger.
page-request = Haben Sie das verlangt?
page-request-yes-export = Ja, schicken Sie mir die Kopie
page-request-yes-erase = Ja, alles löschen
page-request-yes-restrict = Ja, nicht mehr auswerten
page-request-yes-object = Ja, weniger nutzen
page-request-no = Nein, das habe ich nicht verlangt
page-request-confirmed = Vielen Dank. Wir erledigen das jetzt und schreiben Ihnen, sobald es getan ist.
page-request-declined = Vielen Dank. Die Anfrage ist zurückgezogen, und nichts hat sich geändert.
page-request-gone-then = Wenn Sie es noch möchten, wenden Sie sich noch einmal an { $product }.
page-copy-once = Sie können sie nur einmal abrufen. Speichern Sie sie dort, wo niemand sonst sie lesen kann.
page-copy-read = Zum Lesen abrufen
page-copy-data = Als Daten abrufen (JSON)

## The page with all that is kept about a person.

export-title = Was { $product } über Ihre Anmeldungen speichert
export-written = Erstellt am { $moment }.
export-contact = Wie wir Ihnen schreiben
export-email = E-Mail-Adresse
export-language = Sprache
export-time-zone = Zeitzone
export-processing = Wofür Ihre Anmeldungen verwendet werden
export-full = Alles, was Ihr Browser bei der Anmeldung mitteilt, wird mit früheren Anmeldungen verglichen.
export-minimal = Nur die Kopfzeilen Ihres Browsers, sein Token und das Netz werden verwendet.
export-restricted = Nichts wird ausgewertet: Wir vermerken nur, dass Sie sich anmelden.
export-habits = Was wir gelernt haben
export-first = Erste Anmeldung
export-logins = Anmeldungen
export-countries = Länder
export-devices = Geräte
export-first-seen = Zuerst gesehen
export-last-seen = Zuletzt gesehen
export-said = Ihre Angabe
export-said-nothing = Noch nichts
export-said-mine = Es ist Ihres
export-said-not-mine = Es ist nicht Ihres
export-found = Das Sicherheitsteam meint
export-result = Ergebnis
export-success = Angemeldet
export-failure = Abgewiesen
export-noticed = Was auffiel
export-alerts = Warnungen
export-mail = E-Mail
export-mail-sent = Gesendet
export-mail-waiting = Wartet auf den Versand
export-mail-failed = Konnte nicht gesendet werden
export-mail-none = Nicht gesendet
export-sessions = Sitzungen
export-session = Sitzung
export-ended = Beendet
export-notes = Notizen
export-requests = Ihre Anträge
export-retention = Wie lange es gespeichert wird
export-days = { $days ->
        [one] Ein Tag
       *[other] { $number } Tage
    }
export-sources = Woher es stammt
export-from-product = { $product } teilt es mit, wenn Sie sich anmelden.
export-from-places = Orte von IP-Adressen: { $name }, { $date }
export-logic = Wie Ihre Anmeldungen beurteilt werden
export-logic-compare = Jede Anmeldung wird mit den Geräten, Orten, Netzen und Zeiten Ihrer früheren verglichen.
export-logic-score = Was ungewöhnlich ist, erhöht einen Wert. Ist das Gerät neu oder der Wert hoch, erhalten Sie eine Warnung per E-Mail.
export-logic-decide = Allein dadurch wird keine Anmeldung abgewiesen: Was folgt, entscheidet { $product }.
export-none = Hier ist nichts gespeichert.
export-reads = Wer nachgesehen hat und warum
