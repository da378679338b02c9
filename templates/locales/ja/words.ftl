# 日本語：です・ます体。

## 件名

subject = { $product } への新しいログイン
subject-device = { $product } への新しいログイン：{ $device }
subject-digest = { $count ->
       *[other] { $product } へのログインがほかに { $number } 件あります
    }

## 起きたこと

new-device = お使いの { $product } アカウントに、これまで確認されていないデバイスから先ほどログインがありました。
new-device-late = お使いの { $product } アカウントに、これまで確認されていないデバイスからログインがありました。
new-device-unusual = お使いの { $product } アカウントに、これまで確認されていないデバイスから、普段と異なるログインが先ほどありました。
new-device-unusual-late = お使いの { $product } アカウントに、これまで確認されていないデバイスから、普段と異なるログインがありました。
unusual = お使いの { $product } アカウントに、普段と異なるログインが先ほどありました。
unusual-late = お使いの { $product } アカウントに、普段と異なるログインがありました。
digest = { $count ->
       *[other] お使いの { $product } アカウントに、ほかに { $number } 件のログインがありました。
    }
sent-late = このメールはすぐにお送りすることができませんでした。

## 表

account = アカウント
newest = 最も新しいログイン
riskiest = 最も普段と異なるログイン
when = 日時
device = デバイス
where = 場所
ip-address = IP アドレス
method = ログイン方法

browser-on-system = { $browser }（{ $os }）
unknown-browser = 不明なブラウザー（{ $os }）
unknown-device = 不明なデバイス
android-app = Android アプリ
ios-app = iOS アプリ
desktop-app = デスクトップアプリ
script = スクリプト

near-city = { $country }、{ $city } 付近（IP アドレスからの推定）
in-country = { $country }（IP アドレスからの推定）
unknown-place = 不明な場所
private-network = プライベートネットワーク

password = パスワード
passkey = パスキー
magic-link = メールで届いたリンク
one-time-code = ワンタイムコード
single-sign-on = シングルサインオン

## 理由

why = このメールをお送りした理由
why-device-and-country = このデバイスと国からのログインは、このアカウントでは初めてです。
why-device-and-network = このデバイスとネットワークからのログインは、このアカウントでは初めてです。
why-new-device = このデバイスからのログインは、このアカウントでは初めてです。
why-new-country = この国からのログインは、このアカウントでは初めてです。
why-new-network = このネットワークからのログインは、このアカウントでは初めてです。
why-impossible-travel = 前回のログインから経過した時間では移動できない距離です。
why-user-agent-mismatch = ブラウザーが、実際とは異なる名前を名乗っています。
why-token-mismatch = 別のデバイスの識別情報が使われていました。
why-denied-device = ご自分のものではないと回答されたデバイスです。
why-anonymous-network = 所在地を隠すネットワークが使われています。
why-hosting-network = データセンターのネットワークが使われています。
why-failed-attempts = このログインの前に、失敗した試みがありました。
why-credential-stuffing = 同じネットワークから、多くのアカウントへの試みがありました。
why-unusual-hour = 普段はほとんどログインされない時間帯です。
why-rare-login = 長い間ログインされていませんでした。
why-unusual = このログインは、これまでのログインと異なっています。

## 対応

if-you = ご自分でログインされた場合は、何もする必要はありません。
if-not-you = 心当たりがない場合
sign-out = ご自分で { $product } を開き、このデバイスをログアウトさせてください。
sign-out-unknown = ご自分で { $product } を開き、心当たりのないデバイスをログアウトさせてください。
change-password = パスワードを変更してください。
remove-passkeys = 心当たりのないパスキーを削除してください。
secure-mailbox = メールアカウントのパスワードを変更してください。
secure-provider = ログインに使われたアカウントのパスワードを変更してください。
change-password-if-any = パスワードを設定している場合は、変更してください。
two-step = 2 段階認証を有効にしてください。
button = このログインを確認する
link = または、次のアドレスを開いてください
never = メールでパスワードやコードをお尋ねすることはありません。
reference = 照会番号

## 差出人

sender = このメールは、アカウントを保護するために { $product } がお送りしています。
support = お問い合わせ：{ $support }
kept = { $days ->
       *[other] これらの情報は { $number } 日間保存されます。
    }
places-by = IP 位置情報の提供：{ $credit }

## 日付と時刻

monday = 月曜日
tuesday = 火曜日
wednesday = 水曜日
thursday = 木曜日
friday = 金曜日
saturday = 土曜日
sunday = 日曜日
january = 1
february = 2
march = 3
april = 4
may = 5
june = 6
july = 7
august = 8
september = 9
october = 10
november = 11
december = 12
date = { $year }年{ $month }月{ $day }日{ $weekday }
clock = { $hour }:{ $minute }
moment = { $date } { $clock } { $zone }（UTC { $utc }）
moment-other-day = { $date } { $clock } { $zone }（UTC { $weekday } { $utc }）
moment-utc = { $date } { $utc } UTC
thousands = ,
colon = { "：" }

## ボタンの先のページ

page-question = ご自分によるログインですか？
page-signed-in = お使いのアカウントにログインがありました。
page-yes = ご自分でログインされた場合は、このページを閉じてください。
page-yes-then = 何も変わりません。
page-no = 心当たりがない場合は、お知らせください。このデバイスをご自分のものではないと記録し、再び使われた場合にお知らせします。
page-not-me = 自分ではありません
page-places-by = IP 位置情報の提供
page-thanks = ありがとうございます
page-noted = ありがとうございます。ご自分によるログインではないことを記録しました。
page-next = このデバイスは、ご自分のものではないと記録されました。続けて次のことを行ってください。
page-sign-out = リンクからではなく、ご自分で { $product } を開き、心当たりのないデバイスをログアウトさせてください。
page-password = パスワードを変更してください。同じパスワードをほかでも使っている場合は、そちらも変更してください。
page-gone = このリンクは無効になりました
page-gone-why = すでに使用されたか、期限が切れている可能性があります。
page-gone-then = ほかの人がアカウントを使っていると思われる場合は、ご自分で { $product } を開き、心当たりのないデバイスをログアウトさせて、パスワードを変更してください。

## ご依頼：確認のメール、完了のメール、ボタンの先のページ

request-subject = { $product } へのご依頼の確認
request-subject-done = { $product } へのご依頼が完了しました
request-subject-copy = { $product } のデータの写しの準備ができました
request-asked-export = ログインについて保存されているすべての情報の写しが { $product } に依頼されました。
request-asked-erase = ログインについて保存されているすべての情報の消去が { $product } に依頼されました。
request-asked-restrict = ログインの評価をやめることが { $product } に依頼されました。
request-asked-object = { $product } のページがデバイスから読み取る詳細の利用をやめることが依頼されました。
request-then-export = 写しへのリンクをメールでお送りします。
request-then-erase = デバイス、ログイン、警告の記録は完全に削除されます。アカウントそのものは残ります。
request-then-restrict = ログインがあったことだけを記録し、警告はお送りしません。
request-then-object = デバイスを見分ける手がかりが減るため、警告の正確さは下がります。
request-if-not-you = 心当たりがない場合は、何もする必要はありません。確認がなければ何も行われません。
request-valid = リンクは 7 日間有効です。
request-button = この依頼を確認する
request-done-export = { $product } へのログインについて保存されているすべての情報の写しの準備ができました。
request-done-erase = { $product } へのログインについて保存されていたすべての情報を消去しました。
request-done-restrict = { $product } へのログインは、今後評価されません。
request-done-object = { $product } のページがデバイスから読み取る詳細は、今後利用されません。
request-done-erase-then = 次回のログインは、初めてのログインとして扱われます。
request-done-undo = 元に戻すには、{ $product } にお問い合わせください。
request-copy-once = リンクは 24 時間以内に 1 回だけ使えます。
request-copy-button = 写しを受け取る
request-done-not-you = 心当たりがない場合は、メールアカウントのパスワードを変更し、{ $product } にお知らせください。
request-receipt = 受領番号
request-sender = このメールは、アカウントにこのアドレスが登録されているため { $product } がお送りしています。
request-kept = この依頼があったことは 1 年間だけ保存されます。
page-request = これを依頼されましたか？
page-request-yes-export = はい、写しを送ってください
page-request-yes-erase = はい、消去してください
page-request-yes-restrict = はい、評価をやめてください
page-request-yes-object = はい、利用を減らしてください
page-request-no = いいえ、依頼していません
page-request-confirmed = ありがとうございます。ただちに行い、完了したらメールでお知らせします。
page-request-declined = ありがとうございます。依頼は取り下げられ、何も変わっていません。
page-request-gone-then = 引き続きご希望の場合は、もう一度 { $product } にご依頼ください。
page-copy-once = 受け取れるのは 1 回だけです。ほかの人が読めない場所に保存してください。
page-copy-read = 読むために受け取る
page-copy-data = データとして受け取る（JSON）

## The page with all that is kept about a person.

export-title = { $product } が保存しているログインの記録
export-written = 作成日時：{ $moment }
export-contact = ご連絡先
export-email = メールアドレス
export-language = 言語
export-time-zone = タイムゾーン
export-processing = ログイン情報の利用範囲
export-full = ログイン時にブラウザが送る情報のすべてを、過去のログインと比較します。
export-minimal = ブラウザのヘッダー、トークン、ネットワークだけを利用します。
export-restricted = 評価は行わず、ログインがあったことだけを記録します。
export-habits = 学習した内容
export-first = 最初のログイン
export-logins = ログイン
export-countries = 国
export-devices = デバイス一覧
export-first-seen = 初回
export-last-seen = 最終
export-said = あなたの回答
export-said-nothing = まだありません
export-said-mine = ご自身のもの
export-said-not-mine = ご自身のものではない
export-found = セキュリティ担当の判断
export-result = 結果
export-success = 成功
export-failure = 拒否
export-noticed = 気づいた点
export-alerts = 警告
export-mail = メール
export-mail-sent = 送信済み
export-mail-waiting = 送信待ち
export-mail-failed = 送信できず
export-mail-none = 未送信
export-sessions = セッション一覧
export-session = セッション
export-ended = 終了
export-notes = メモ
export-requests = ご請求
export-retention = 保存期間
export-days = { $days ->
       *[other] { $number } 日間
    }
export-sources = 情報の出所
export-from-product = ログイン時に { $product } から受け取ります。
export-from-places = IP アドレスの位置情報：{ $name }、{ $date }
export-logic = ログインの評価方法
export-logic-compare = 各ログインは、過去のデバイス、場所、ネットワーク、時刻と比較されます。
export-logic-score = 普段と異なる点があるとスコアが上がります。デバイスが新しい場合やスコアが高い場合は、メールで警告します。
export-logic-decide = これだけでログインが拒否されることはありません。その後の対応は { $product } が決めます。
export-none = 保存されているものはありません。
export-reads = 閲覧した人と理由
