# العربية الفصحى المعاصرة.

## الموضوع

subject = تسجيل دخول جديد إلى { $product }
subject-device = تسجيل دخول جديد إلى { $product }: { $device }
subject-digest = { $count ->
        [zero] عمليات دخول أخرى إلى { $product }: { $number }
        [one] عملية دخول أخرى إلى { $product }: { $number }
        [two] عمليتا دخول أخريان إلى { $product }: { $number }
        [few] { $number } عمليات دخول أخرى إلى { $product }
        [many] { $number } عملية دخول أخرى إلى { $product }
       *[other] { $number } عملية دخول أخرى إلى { $product }
    }

## ما حدث

new-device = سُجِّل الدخول قبل قليل إلى حسابك في { $product } من جهاز لم نعرفه من قبل.
new-device-late = سُجِّل الدخول إلى حسابك في { $product } من جهاز لم نعرفه من قبل.
new-device-unusual = سُجِّل الدخول قبل قليل إلى حسابك في { $product } بطريقة غير معتادة ومن جهاز لم نعرفه من قبل.
new-device-unusual-late = سُجِّل الدخول إلى حسابك في { $product } بطريقة غير معتادة ومن جهاز لم نعرفه من قبل.
unusual = سُجِّل الدخول قبل قليل إلى حسابك في { $product } بطريقة غير معتادة.
unusual-late = سُجِّل الدخول إلى حسابك في { $product } بطريقة غير معتادة.
digest = { $count ->
        [zero] عدد عمليات الدخول الأخرى إلى حسابك في { $product }: { $number }.
        [one] هناك عملية دخول أخرى إلى حسابك في { $product } (العدد: { $number }).
        [two] هناك عمليتا دخول أخريان إلى حسابك في { $product } (العدد: { $number }).
        [few] هناك { $number } عمليات دخول أخرى إلى حسابك في { $product }.
        [many] هناك { $number } عملية دخول أخرى إلى حسابك في { $product }.
       *[other] هناك { $number } عملية دخول أخرى إلى حسابك في { $product }.
    }
sent-late = لم نتمكن من إرسال هذه الرسالة قبل الآن.

## الجدول

account = الحساب
newest = الأحدث
riskiest = الأكثر غرابة
when = الوقت
device = الجهاز
where = المكان
ip-address = عنوان IP
method = طريقة الدخول

browser-on-system = { $browser } على { $os }
unknown-browser = متصفح غير معروف على { $os }
unknown-device = جهاز غير معروف
android-app = تطبيق Android
ios-app = تطبيق iOS
desktop-app = تطبيق سطح المكتب
script = برنامج نصي

near-city = بالقرب من { $city }، { $country } (تقدير من عنوان IP)
in-country = { $country } (تقدير من عنوان IP)
unknown-place = مكان غير معروف
private-network = شبكة خاصة

password = كلمة المرور
passkey = مفتاح المرور
magic-link = رابط عبر البريد الإلكتروني
one-time-code = رمز يُستخدم مرة واحدة
single-sign-on = الدخول الموحَّد

## الأسباب

why = سبب هذه الرسالة
why-device-and-country = هذا الجهاز وهذا البلد جديدان على حسابك.
why-device-and-network = هذا الجهاز وهذه الشبكة جديدان على حسابك.
why-new-device = هذا الجهاز جديد على حسابك.
why-new-country = هذا البلد جديد على حسابك.
why-new-network = هذه الشبكة جديدة على حسابك.
why-impossible-travel = كان آخر دخول لك من مكان أبعد من أن يُقطع في هذه المدة.
why-user-agent-mismatch = المتصفح ليس ما يدّعي أنه هو.
why-token-mismatch = كان الدخول يحمل علامة جهاز آخر.
why-denied-device = سبق أن أخبرتنا أن هذا الجهاز ليس لك.
why-anonymous-network = الشبكة تُخفي مكانها.
why-hosting-network = الشبكة تابعة لمركز بيانات.
why-failed-attempts = سبقته محاولات فاشلة.
why-credential-stuffing = جرّبت الشبكة نفسها حسابات كثيرة.
why-unusual-hour = نادرًا ما تسجّل الدخول في هذه الساعة.
why-rare-login = لم تسجّل الدخول منذ مدة طويلة.
why-unusual = هذا الدخول لا يشبه عمليات دخولك السابقة.

## ما العمل

if-you = إذا كنت أنت من سجّل الدخول، فلا يلزمك فعل شيء.
if-not-you = إذا لم تكن أنت
sign-out = افتح { $product } بنفسك وسجّل خروج هذا الجهاز.
sign-out-unknown = افتح { $product } بنفسك وسجّل خروج الأجهزة التي لا تعرفها.
change-password = غيّر كلمة المرور.
remove-passkeys = احذف مفاتيح المرور التي لا تعرفها.
secure-mailbox = غيّر كلمة مرور بريدك الإلكتروني.
secure-provider = غيّر كلمة مرور الحساب الذي استُخدم لتسجيل الدخول.
change-password-if-any = غيّر كلمة المرور إن كانت لديك واحدة.
two-step = فعّل التحقق بخطوتين.
button = مراجعة هذا الدخول
link = أو افتح هذا العنوان
never = لا نطلب أبدًا كلمة المرور أو أي رمز عبر البريد الإلكتروني.
reference = الرقم المرجعي

## المرسل

sender = يرسل { $product } هذه الرسالة لحماية حسابك.
support = هل لديك سؤال؟ { $support }
kept = { $days ->
        [zero] لا تُحفظ هذه البيانات ({ $number }).
        [one] تُحفظ هذه البيانات يومًا واحدًا.
        [two] تُحفظ هذه البيانات يومين.
        [few] تُحفظ هذه البيانات { $number } أيام.
        [many] تُحفظ هذه البيانات { $number } يومًا.
       *[other] تُحفظ هذه البيانات { $number } يوم.
    }
places-by = تحديد الموقع من عنوان IP: { $credit }.

## التاريخ والوقت

monday = الاثنين
tuesday = الثلاثاء
wednesday = الأربعاء
thursday = الخميس
friday = الجمعة
saturday = السبت
sunday = الأحد
january = يناير
february = فبراير
march = مارس
april = أبريل
may = مايو
june = يونيو
july = يوليو
august = أغسطس
september = سبتمبر
october = أكتوبر
november = نوفمبر
december = ديسمبر
date = { $weekday } { $day } { $month } { $year }
clock = { $hour }:{ $minute }
moment = { $date }، { $clock } { $zone } ({ $utc } UTC)
moment-other-day = { $date }، { $clock } { $zone } ({ $weekday } { $utc } UTC)
moment-utc = { $date }، { $utc } UTC
thousands = ,
colon = { ": " }

## الصفحة التي يفتحها الزر

page-question = هل كنت أنت؟
page-signed-in = سجّل شخص ما الدخول إلى حسابك:
page-yes = إذا كنت أنت، فأغلق هذه الصفحة.
page-yes-then = لن يتغير شيء.
page-no = إذا لم تكن أنت، فأخبرنا. سنسجّل أن هذا الجهاز ليس لك، وننبهك إن عاد.
page-not-me = لم أكن أنا
page-places-by = تحديد الموقع من عنوان IP
page-thanks = شكرًا لك
page-noted = شكرًا لك. سجّلنا أنه لم يكن أنت.
page-next = سُجِّل الجهاز الآن على أنه ليس لك. يُرجى القيام بما يلي:
page-sign-out = افتح { $product } بنفسك، لا من رابط، وسجّل خروج الأجهزة التي لا تعرفها.
page-password = غيّر كلمة المرور، وكذلك في كل مكان آخر تستخدمها فيه.
page-gone = لم يعد هذا الرابط يعمل
page-gone-why = ربما استُخدم من قبل أو انتهت صلاحيته.
page-gone-then = إذا كنت تظن أن شخصًا آخر يستخدم حسابك، فافتح { $product } بنفسك وسجّل خروج الأجهزة التي لا تعرفها وغيّر كلمة المرور.

## الطلب: رسالة السؤال ورسالة الإنجاز والصفحات خلف الأزرار

request-subject = يُرجى تأكيد طلبك إلى { $product }
request-subject-done = تم تنفيذ طلبك إلى { $product }
request-subject-copy = نسختك من { $product } جاهزة
request-asked-export = طُلبت من { $product } نسخة من كل ما يُحفظ عن عمليات دخولك.
request-asked-erase = طُلب من { $product } محو كل ما يُحفظ عن عمليات دخولك.
request-asked-restrict = طُلب من { $product } التوقف عن تقييم عمليات دخولك.
request-asked-object = طُلب من { $product } التوقف عن استخدام التفاصيل التي تقرؤها صفحاته من أجهزتك.
request-then-export = ستصلك رسالة فيها رابط إلى النسخة.
request-then-erase = تُحذف أجهزتك وعمليات دخولك وتنبيهاتك نهائيًا. أما حسابك نفسه فيبقى.
request-then-restrict = نسجّل فقط أنك دخلت، ولا ننبهك إلى شيء.
request-then-object = نتعرف على أجهزتك بمعلومات أقل، فتكون تنبيهاتنا أقل دقة.
request-if-not-you = إذا لم تطلب ذلك، فلا يلزمك فعل شيء: لن يحدث شيء من دون تأكيدك.
request-valid = يعمل الرابط سبعة أيام.
request-button = مراجعة هذا الطلب
request-done-export = النسخة من كل ما يُحفظ عن عمليات دخولك إلى { $product } جاهزة.
request-done-erase = مُحي كل ما كان يُحفظ عن عمليات دخولك إلى { $product }.
request-done-restrict = لم تعد عمليات دخولك إلى { $product } تُقيَّم.
request-done-object = لم يعد { $product } يستخدم التفاصيل التي تقرؤها صفحاته من أجهزتك.
request-done-erase-then = يُعدّ دخولك القادم دخولك الأول.
request-done-undo = للتراجع عن ذلك، تواصل مع { $product }.
request-copy-once = يعمل الرابط مرة واحدة خلال 24 ساعة.
request-copy-button = الحصول على النسخة
request-done-not-you = إذا لم تطلب ذلك، فغيّر كلمة مرور بريدك الإلكتروني وأخبر { $product }.
request-receipt = الإيصال
request-sender = يرسل { $product } هذه الرسالة لأن لحسابك هذا العنوان.
request-kept = يُحفظ أن هذا قد طُلب سنة واحدة لا أكثر.
page-request = هل طلبت ذلك؟
page-request-yes-export = نعم، أرسلوا إليّ النسخة
page-request-yes-erase = نعم، امحوا كل شيء
page-request-yes-restrict = نعم، توقفوا عن التقييم
page-request-yes-object = نعم، استخدموا أقل
page-request-no = لا، لم أطلب ذلك
page-request-confirmed = شكرًا لك. سننفذ ذلك الآن ونخبرك بالبريد الإلكتروني عند الانتهاء.
page-request-declined = شكرًا لك. أُلغي الطلب ولم يتغير شيء.
page-request-gone-then = إذا كنت لا تزال تريد ذلك، فاطلبه من { $product } مرة أخرى.
page-copy-once = يمكنك الحصول عليها مرة واحدة فقط. احفظها حيث لا يقرؤها غيرك.
page-copy-read = الحصول عليها للقراءة
page-copy-data = الحصول عليها كبيانات (JSON)

## The page with all that is kept about a person.

export-title = ما يحتفظ به { $product } عن عمليات دخولك
export-written = أُعدّ في { $moment }.
export-contact = كيف نراسلك
export-email = البريد الإلكتروني
export-language = اللغة
export-time-zone = المنطقة الزمنية
export-processing = فيما تُستخدم عمليات دخولك
export-full = يُقارن كل ما يخبر به متصفحك عند الدخول بعمليات الدخول السابقة.
export-minimal = لا تُستخدم إلا ترويسات متصفحك ورمزه والشبكة.
export-restricted = لا يُقيَّم شيء: نسجّل فقط أنك دخلت.
export-habits = ما تعلّمناه
export-first = أول دخول
export-logins = عمليات الدخول
export-countries = البلدان
export-devices = الأجهزة
export-first-seen = أول ظهور
export-last-seen = آخر ظهور
export-said = ما قلته
export-said-nothing = لا شيء بعد
export-said-mine = إنه لك
export-said-not-mine = ليس لك
export-found = ما خلص إليه فريق الأمان
export-result = النتيجة
export-success = تم الدخول
export-failure = مرفوض
export-noticed = ما لوحظ
export-alerts = التحذيرات
export-mail = الرسالة
export-mail-sent = أُرسلت
export-mail-waiting = بانتظار الإرسال
export-mail-failed = تعذّر الإرسال
export-mail-none = لم تُرسل
export-sessions = الجلسات
export-session = الجلسة
export-ended = انتهت
export-notes = الملاحظات
export-requests = طلباتك
export-retention = مدة الحفظ
export-days = { $days ->
        [zero] لا أيام ({ $number })
        [one] يوم واحد
        [two] يومان
        [few] { $number } أيام
        [many] { $number } يومًا
       *[other] { $number } يوم
    }
export-sources = مصدرها
export-from-product = يخبر به { $product } عند دخولك.
export-from-places = أماكن عناوين IP: { $name }، { $date }
export-logic = كيف تُقيَّم عمليات دخولك
export-logic-compare = تُقارن كل عملية دخول بأجهزة وأماكن وشبكات وأوقات عملياتك السابقة.
export-logic-score = ما هو غير معتاد يرفع درجة. إذا كان الجهاز جديدًا أو كانت الدرجة عالية، تصلك رسالة تحذير.
export-logic-decide = لا تُرفض أي عملية دخول بسبب ذلك وحده: { $product } هو من يقرر ما يلي.
export-none = لا يُحفظ شيء هنا.
export-reads = من اطّلع ولماذا
