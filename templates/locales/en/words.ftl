# Every word of the mail and of the page behind its button. All languages have the same messages in the same order: the
# build stops where they do not. Variables keep their names. Calm, short, as one would say it to a neighbour.

## The subject: at most 60 characters. What is too long falls back to the first.

subject = New sign-in to { $product }
subject-device = New sign-in to { $product } from { $device }
subject-digest = { $count ->
        [one] { $number } more sign-in to { $product }
       *[other] { $number } more sign-ins to { $product }
    }

## What happened, in one sentence; "-late" where the mail leaves over an hour after it.

new-device = Your { $product } account was just signed in to from a device we haven't seen before.
new-device-late = Your { $product } account was signed in to from a device we haven't seen before.
new-device-unusual = Your { $product } account was just signed in to from a device we haven't seen before, and in an unusual way.
new-device-unusual-late = Your { $product } account was signed in to from a device we haven't seen before, and in an unusual way.
unusual = Your { $product } account was just signed in to in an unusual way.
unusual-late = Your { $product } account was signed in to in an unusual way.
digest = { $count ->
        [one] Your { $product } account was signed in to { $number } more time.
       *[other] Your { $product } account was signed in to { $number } more times.
    }
sent-late = We could not send this earlier.

## The table of facts.

account = Account
newest = The newest
riskiest = The most unusual
when = When
device = Device
where = Where
ip-address = IP address
method = Signed in with

browser-on-system = { $browser } on { $os }
unknown-browser = an unknown browser on { $os }
unknown-device = an unknown device
android-app = an Android app
ios-app = an iOS app
desktop-app = a desktop app
script = a script

near-city = near { $city }, { $country } (estimated from the IP address)
in-country = { $country } (estimated from the IP address)
unknown-place = unknown place
private-network = a private network

password = password
passkey = passkey
magic-link = a link by e-mail
one-time-code = a one-time code
single-sign-on = single sign-on

## Why the mail came: at most two of these, one after the other.

why = Why you get this
why-device-and-country = This device and this country are new for your account.
why-device-and-network = This device and this network are new for your account.
why-new-device = This device is new for your account.
why-new-country = This country is new for your account.
why-new-network = This network is new for your account.
why-impossible-travel = Your last sign-in was too far away for the time between.
why-user-agent-mismatch = The browser is not what it says it is.
why-token-mismatch = It carried the mark of another device.
why-denied-device = You told us that this device is not yours.
why-anonymous-network = The network hides where it is.
why-hosting-network = The network belongs to a data centre.
why-failed-attempts = There were failed attempts before it.
why-credential-stuffing = The same network tried many accounts.
why-unusual-hour = You seldom sign in at this hour.
why-rare-login = You had not signed in for a long time.
why-unusual = This sign-in is not like your others.

## What to do.

if-you = If this was you, there is nothing to do.
if-not-you = If this was not you
sign-out = Open { $product } yourself and sign out this device.
sign-out-unknown = Open { $product } yourself and sign out the devices you don't know.
change-password = Change your password.
remove-passkeys = Remove passkeys that you don't know.
secure-mailbox = Change the password of your e-mail account.
secure-provider = Change the password of the account you signed in with.
change-password-if-any = Change your password, if you have one.
two-step = Turn on two-step sign-in.
button = Review this sign-in
link = Or open this address
never = We never ask for your password or a code by e-mail.
reference = Reference

## Who writes.

sender = { $product } sends this to protect your account.
support = Questions? { $support }
kept = { $days ->
        [one] These facts are kept for one day.
       *[other] These facts are kept for { $number } days.
    }
places-by = IP geolocation by { $credit }.

## Dates and times. The week starts with Monday; hour and minute have two digits.

monday = Monday
tuesday = Tuesday
wednesday = Wednesday
thursday = Thursday
friday = Friday
saturday = Saturday
sunday = Sunday
january = January
february = February
march = March
april = April
may = May
june = June
july = July
august = August
september = September
october = October
november = November
december = December
date = { $weekday } { $day } { $month } { $year }
clock = { $hour }:{ $minute }
moment = { $date }, { $clock } { $zone } ({ $utc } UTC)
moment-other-day = { $date }, { $clock } { $zone } ({ $weekday } { $utc } UTC)
moment-utc = { $date }, { $utc } UTC
thousands = ,
colon = { ": " }

## The page behind the button.

page-question = Was this you?
page-signed-in = Someone signed in to your account:
page-yes = If it was you, close this page.
page-yes-then = Nothing changes.
page-no = If it was not you, tell us. We mark this device as not yours, and warn you if it comes back.
page-not-me = This was not me
page-places-by = IP geolocation
page-thanks = Thank you
page-noted = Thank you. We have noted that it was not you.
page-next = The device is now marked as not yours. Please do this next:
page-sign-out = Open { $product } yourself, not from a link, and sign out the devices you don't know.
page-password = Change your password, also wherever else you use the same one.
page-gone = This link no longer works
page-gone-why = It may have been used already, or be too old.
page-gone-then = If you think that somebody else is in your account, open { $product } yourself, sign out the devices you don't know and change your password.

## A person's request: the mail that asks, the mail that says it is done, and the pages behind their buttons.

request-subject = Please confirm your request to { $product }
request-subject-done = Your request to { $product } is done
request-subject-copy = Your copy from { $product } is ready
request-asked-export = { $product } was asked for a copy of everything kept about your sign-ins.
request-asked-erase = { $product } was asked to erase everything kept about your sign-ins.
request-asked-restrict = { $product } was asked to stop evaluating your sign-ins.
request-asked-object = { $product } was asked to stop using the details that its pages read from your devices.
request-then-export = You get a link to the copy by e-mail.
request-then-erase = Your devices, sign-ins and warnings are deleted for good. Your account itself stays.
request-then-restrict = We only note that you sign in, and warn you of nothing.
request-then-object = We recognise your devices by less, so our warnings are less exact.
request-if-not-you = If you did not ask for this, there is nothing to do: nothing happens unless you confirm it.
request-valid = The link works for seven days.
request-button = Review this request
request-done-export = The copy of everything kept about your sign-ins to { $product } is ready.
request-done-erase = Everything kept about your sign-ins to { $product } is erased.
request-done-restrict = Your sign-ins to { $product } are no longer evaluated.
request-done-object = { $product } no longer uses the details that its pages read from your devices.
request-done-erase-then = Your next sign-in counts as your first.
request-done-undo = To undo this, ask { $product }.
request-copy-once = The link works once, within 24 hours.
request-copy-button = Get the copy
request-done-not-you = If you did not ask for this, change the password of your e-mail account and tell { $product }.
request-receipt = Receipt
request-sender = { $product } sends this because your account has this address.
request-kept = We keep for a year that this was asked, and no longer.
page-request = Did you ask for this?
page-request-yes-export = Yes, send me the copy
page-request-yes-erase = Yes, erase it
page-request-yes-restrict = Yes, stop evaluating
page-request-yes-object = Yes, use less
page-request-no = No, I did not ask for it
page-request-confirmed = Thank you. We do it now, and tell you by e-mail when it is done.
page-request-declined = Thank you. The request is withdrawn, and nothing has changed.
page-request-gone-then = If you still want it, ask { $product } again.
page-copy-once = You can fetch it only once. Save it where nobody else can read it.
page-copy-read = Fetch it to read
page-copy-data = Fetch it as data (JSON)

## The page with all that is kept about a person.

export-title = What { $product } keeps about your sign-ins
export-written = Written on { $moment }.
export-contact = How we write to you
export-email = E-mail address
export-language = Language
export-time-zone = Time zone
export-processing = What your sign-ins are used for
export-full = All that your browser tells when you sign in is compared with earlier sign-ins.
export-minimal = Only your browser's headers, its token and the network are used.
export-restricted = Nothing is evaluated: we only note that you sign in.
export-habits = What we have learned
export-first = First sign-in
export-logins = Sign-ins
export-countries = Countries
export-devices = Devices
export-first-seen = First seen
export-last-seen = Last seen
export-said = You said
export-said-nothing = Nothing yet
export-said-mine = It is yours
export-said-not-mine = It is not yours
export-found = The security team found
export-result = Result
export-success = Signed in
export-failure = Refused
export-noticed = What was noticed
export-alerts = Warnings
export-mail = E-mail
export-mail-sent = Sent
export-mail-waiting = Waits to be sent
export-mail-failed = Could not be sent
export-mail-none = Not sent
export-sessions = Sessions
export-session = Session
export-ended = Ended
export-notes = Notes
export-requests = Your requests
export-retention = How long it is kept
export-days = { $days ->
        [one] One day
       *[other] { $number } days
    }
export-sources = Where it comes from
export-from-product = { $product } tells it when you sign in.
export-from-places = Places of IP addresses: { $name }, { $date }
export-logic = How your sign-ins are judged
export-logic-compare = Each sign-in is compared with the devices, places, networks and times of your earlier ones.
export-logic-score = What is unusual adds to a score. If the device is new or the score is high, you get a warning by e-mail.
export-logic-decide = No sign-in is refused by this alone: { $product } decides what follows.
export-none = Nothing is kept here.
export-reads = Who looked, and why
