# Français : avec « vous ».

## L’objet

subject = Nouvelle connexion à { $product }
subject-device = Nouvelle connexion à { $product } : { $device }
subject-digest = { $count ->
        [one] { $number } autre connexion à { $product }
       *[other] { $number } autres connexions à { $product }
    }

## Ce qui s’est passé

new-device = Une connexion à votre compte { $product } vient d’avoir lieu depuis un appareil que nous ne connaissons pas encore.
new-device-late = Une connexion à votre compte { $product } a eu lieu depuis un appareil que nous ne connaissons pas encore.
new-device-unusual = Une connexion inhabituelle à votre compte { $product } vient d’avoir lieu, depuis un appareil que nous ne connaissons pas encore.
new-device-unusual-late = Une connexion inhabituelle à votre compte { $product } a eu lieu, depuis un appareil que nous ne connaissons pas encore.
unusual = Une connexion inhabituelle à votre compte { $product } vient d’avoir lieu.
unusual-late = Une connexion inhabituelle à votre compte { $product } a eu lieu.
digest = { $count ->
        [one] Il y a eu { $number } autre connexion à votre compte { $product }.
       *[other] Il y a eu { $number } autres connexions à votre compte { $product }.
    }
sent-late = Nous n’avons pas pu envoyer ce message plus tôt.

## Le tableau

account = Compte
newest = La plus récente
riskiest = La plus inhabituelle
when = Quand
device = Appareil
where = Où
ip-address = Adresse IP
method = Connexion par

browser-on-system = { $browser } sur { $os }
unknown-browser = Navigateur inconnu sur { $os }
unknown-device = Appareil inconnu
android-app = Application Android
ios-app = Application iOS
desktop-app = Application de bureau
script = Script

near-city = près de { $city }, { $country } (estimation d’après l’adresse IP)
in-country = { $country } (estimation d’après l’adresse IP)
unknown-place = lieu inconnu
private-network = un réseau privé

password = mot de passe
passkey = clé d’accès (passkey)
magic-link = lien reçu par e-mail
one-time-code = code à usage unique
single-sign-on = authentification unique (SSO)

## Les raisons

why = Pourquoi ce message
why-device-and-country = Cet appareil et ce pays sont nouveaux pour votre compte.
why-device-and-network = Cet appareil et ce réseau sont nouveaux pour votre compte.
why-new-device = Cet appareil est nouveau pour votre compte.
why-new-country = Ce pays est nouveau pour votre compte.
why-new-network = Ce réseau est nouveau pour votre compte.
why-impossible-travel = Votre dernière connexion était trop loin pour le temps écoulé.
why-user-agent-mismatch = Le navigateur n’est pas celui qu’il prétend être.
why-token-mismatch = La connexion portait la marque d’un autre appareil.
why-denied-device = Vous nous avez indiqué que cet appareil n’est pas à vous.
why-anonymous-network = Le réseau cache l’endroit où il se trouve.
why-hosting-network = Le réseau appartient à un centre de données.
why-failed-attempts = Des tentatives ont échoué juste avant.
why-credential-stuffing = Le même réseau a essayé de nombreux comptes.
why-unusual-hour = Vous vous connectez rarement à cette heure.
why-rare-login = Vous ne vous étiez pas connecté depuis longtemps.
why-unusual = Cette connexion ne ressemble pas aux précédentes.

## Que faire

if-you = Si c’était vous, vous n’avez rien à faire.
if-not-you = Si ce n’était pas vous
sign-out = Ouvrez { $product } vous-même et déconnectez cet appareil.
sign-out-unknown = Ouvrez { $product } vous-même et déconnectez les appareils que vous ne connaissez pas.
change-password = Changez votre mot de passe.
remove-passkeys = Supprimez les clés d’accès que vous ne connaissez pas.
secure-mailbox = Changez le mot de passe de votre messagerie.
secure-provider = Changez le mot de passe du compte utilisé pour la connexion.
change-password-if-any = Changez votre mot de passe, si vous en avez un.
two-step = Activez la connexion en deux étapes.
button = Vérifier cette connexion
link = Ou ouvrez cette adresse
never = Nous ne demandons jamais votre mot de passe ni un code par e-mail.
reference = Référence

## L’expéditeur

sender = { $product } envoie ce message pour protéger votre compte.
support = Des questions ? { $support }
kept = { $days ->
        [one] Ces données sont conservées un jour.
       *[other] Ces données sont conservées { $number } jours.
    }
places-by = Géolocalisation IP par { $credit }.

## Dates et heures

monday = lundi
tuesday = mardi
wednesday = mercredi
thursday = jeudi
friday = vendredi
saturday = samedi
sunday = dimanche
january = janvier
february = février
march = mars
april = avril
may = mai
june = juin
july = juillet
august = août
september = septembre
october = octobre
november = novembre
december = décembre
date = { $day ->
        [1] { $weekday } 1er { $month } { $year }
       *[other] { $weekday } { $day } { $month } { $year }
    }
clock = { $hour }:{ $minute }
moment = { $date } à { $clock } { $zone } ({ $utc } UTC)
moment-other-day = { $date } à { $clock } { $zone } ({ $weekday } { $utc } UTC)
moment-utc = { $date } à { $utc } UTC
thousands = { "\u202F" }
colon = { "\u00A0: " }

## La page derrière le bouton

page-question = Était-ce vous ?
page-signed-in = Quelqu’un s’est connecté à votre compte :
page-yes = Si c’était vous, fermez cette page.
page-yes-then = Rien ne change.
page-no = Si ce n’était pas vous, dites-le-nous. Nous noterons que cet appareil n’est pas à vous et vous avertirons s’il revient.
page-not-me = Ce n’était pas moi
page-places-by = Géolocalisation IP
page-thanks = Merci
page-noted = Merci. Nous avons noté que ce n’était pas vous.
page-next = Nous avons noté que cet appareil n’est pas à vous. Voici ce qu’il faut faire maintenant :
page-sign-out = Ouvrez { $product } vous-même, sans passer par un lien, et déconnectez les appareils que vous ne connaissez pas.
page-password = Changez votre mot de passe, aussi partout où vous utilisez le même.
page-gone = Ce lien ne fonctionne plus
page-gone-why = Il a peut-être déjà été utilisé, ou il est trop ancien.
page-gone-then = Si vous pensez que quelqu’un d’autre utilise votre compte, ouvrez { $product } vous-même, déconnectez les appareils que vous ne connaissez pas et changez votre mot de passe.

## Une demande : l’e-mail qui demande, celui qui dit que c’est fait, et les pages derrière leurs boutons

request-subject = Veuillez confirmer votre demande à { $product }
request-subject-done = Votre demande à { $product } est exécutée
request-subject-copy = Votre copie de { $product } est prête
request-asked-export = { $product } a reçu la demande d’une copie de tout ce qui est conservé sur vos connexions.
request-asked-erase = { $product } a reçu la demande d’effacer tout ce qui est conservé sur vos connexions.
request-asked-restrict = { $product } a reçu la demande de ne plus évaluer vos connexions.
request-asked-object = { $product } a reçu la demande de ne plus utiliser les détails que ses pages lisent sur vos appareils.
request-then-export = Vous recevrez un lien vers la copie par e-mail.
request-then-erase = Vos appareils, vos connexions et vos avertissements seront supprimés définitivement. Votre compte lui-même reste.
request-then-restrict = Nous noterons seulement que vous vous connectez et ne vous avertirons plus de rien.
request-then-object = Nous reconnaîtrons vos appareils à moins d’indices ; nos avertissements seront donc moins précis.
request-if-not-you = Si vous n’avez rien demandé, vous n’avez rien à faire : rien ne se passe sans votre confirmation.
request-valid = Le lien est valable sept jours.
request-button = Vérifier cette demande
request-done-export = La copie de tout ce qui est conservé sur vos connexions à { $product } est prête.
request-done-erase = Tout ce qui était conservé sur vos connexions à { $product } est effacé.
request-done-restrict = Vos connexions à { $product } ne sont plus évaluées.
request-done-object = { $product } n’utilise plus les détails que ses pages lisent sur vos appareils.
request-done-erase-then = Votre prochaine connexion comptera comme la première.
request-done-undo = Pour revenir en arrière, adressez-vous à { $product }.
request-copy-once = Le lien fonctionne une seule fois, pendant 24 heures.
request-copy-button = Obtenir la copie
request-done-not-you = Si vous n’avez rien demandé, changez le mot de passe de votre messagerie et prévenez { $product }.
request-receipt = Reçu
request-sender = { $product } envoie ce message parce que votre compte a cette adresse.
request-kept = Le fait que cela a été demandé est conservé un an, pas plus.
page-request = Avez-vous demandé cela ?
page-request-yes-export = Oui, envoyez-moi la copie
page-request-yes-erase = Oui, effacez tout
page-request-yes-restrict = Oui, n’évaluez plus
page-request-yes-object = Oui, utilisez-en moins
page-request-no = Non, je n’ai rien demandé
page-request-confirmed = Merci. Nous le faisons maintenant et vous écrirons quand ce sera fait.
page-request-declined = Merci. La demande est retirée et rien n’a changé.
page-request-gone-then = Si vous le souhaitez toujours, adressez-vous de nouveau à { $product }.
page-copy-once = Vous ne pouvez l’obtenir qu’une fois. Enregistrez-la là où personne d’autre ne peut la lire.
page-copy-read = L’obtenir pour la lire
page-copy-data = L’obtenir en données (JSON)

## The page with all that is kept about a person.

export-title = Ce que { $product } conserve sur vos connexions
export-written = Établi le { $moment }.
export-contact = Comment nous vous écrivons
export-email = Adresse e-mail
export-language = Langue
export-time-zone = Fuseau horaire
export-processing = À quoi servent vos connexions
export-full = Tout ce que votre navigateur indique à la connexion est comparé aux connexions précédentes.
export-minimal = Seuls les en-têtes de votre navigateur, son jeton et le réseau sont utilisés.
export-restricted = Rien n'est évalué : nous notons seulement que vous vous connectez.
export-habits = Ce que nous avons appris
export-first = Première connexion
export-logins = Connexions
export-countries = Pays
export-devices = Appareils
export-first-seen = Vu la première fois
export-last-seen = Vu la dernière fois
export-said = Votre réponse
export-said-nothing = Rien encore
export-said-mine = C'est le vôtre
export-said-not-mine = Ce n'est pas le vôtre
export-found = L'équipe de sécurité a conclu
export-result = Résultat
export-success = Connecté
export-failure = Refusé
export-noticed = Ce qui a été remarqué
export-alerts = Alertes
export-mail = E-mail
export-mail-sent = Envoyé
export-mail-waiting = En attente d'envoi
export-mail-failed = N'a pas pu être envoyé
export-mail-none = Non envoyé
export-sessions = Sessions
export-session = Session
export-ended = Terminée
export-notes = Notes
export-requests = Vos demandes
export-retention = Combien de temps c'est conservé
export-days = { $days ->
        [one] { $number } jour
       *[other] { $number } jours
    }
export-sources = D'où cela vient
export-from-product = { $product } l'indique quand vous vous connectez.
export-from-places = Lieux des adresses IP : { $name }, { $date }
export-logic = Comment vos connexions sont évaluées
export-logic-compare = Chaque connexion est comparée aux appareils, lieux, réseaux et heures des précédentes.
export-logic-score = Ce qui est inhabituel augmente un score. Si l'appareil est nouveau ou le score élevé, vous recevez une alerte par e-mail.
export-logic-decide = Aucune connexion n'est refusée pour cette seule raison : { $product } décide de la suite.
export-none = Rien n'est conservé ici.
export-reads = Qui a consulté, et pourquoi
