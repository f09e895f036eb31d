import type { Lexicon } from '../concepts.ts'

/** The ideas that most attacks are made of, in languages that are met less often. */

const UKRAINIAN: Lexicon = {
  override: 'ігнору*|проігнору*|забудь*|не зважай*|відкинь|не виконуй|знехтуй',
  prior: 'попередн*|раніше|вище|усі|всі|все|початков*|свої|твої',
  instruction: 'інструкц*|вказівк*|правил*|команд*|наказ*|обмежен*|контекст*',
  reveal: 'покажи*|розкрий*|виведи*|скажи*|напиши*|повтори*|назви*|які|яка|який',
  prompt:
    'системний промпт|системного промпту|системні інструкції|свої інструкції|твої інструкції|текст вище',
  secret: 'пароль|паролі|секрет*|ключ*',
  role: 'тепер ти|ти тепер|відтепер|дій як|поводься як|уяви що ти|прикинься',
  free: 'без обмежень|без цензури|без фільтрів|без правил',
}

const CZECH_AND_SLOVAK: Lexicon = {
  override: 'ignoruj*|zapomeň*|zabudni*|nedbej*|nevšímej si|přestaň|obejdi|neřiď se',
  prior: 'předchozí*|predchádzajúc*|dosavadní*|všechny|všetky|vše|výše|původní*|své|svoje',
  instruction: 'pokyn*|instrukc*|inštrukc*|pravidl*|příkaz*|príkaz*|kontext*|omezení*',
  reveal: 'ukaž*|zobraz*|vypiš*|prozraď*|řekni*|povedz*|zopakuj*|napiš*|jaké|jaký',
  prompt: 'systémový prompt|systémového promptu|systémové pokyny|své pokyny|tvoje pokyny|text výše',
  secret: 'heslo|hesla|tajn*|klíč*|kľúč*',
  role: 'nyní jsi|teď jsi|od teď|od této chvíle|odteraz|chovej se jako|předstírej|hraj roli',
  free: 'bez omezení|bez obmedzení|bez cenzury|bez filtrů|bez pravidel',
}

const SCANDINAVIAN: Lexicon = {
  override: 'ignorera|ignorer|glöm|glem|bortse|strunta i|se bort fra|følg ikke|följ inte|overse',
  prior: 'tidigare|tidligere|föregående|foregående|forrige|ovan|ovenfor|alla|alle|allt|alt',
  instruction: 'instruktion*|instruks*|anvisning*|regler*|order|ordre|kommando*|begränsningar|begrensninger',
  reveal:
    'visa|vis|avslöja|afslør|avslør|skriv ut|berätta|fortæl|fortell|upprepa|gentag|gjenta|vad är|hva er',
  prompt:
    'systemprompt*|systemmeddelande*|dina instruktioner|dine instruktioner|dine instrukser|texten ovan|teksten ovenfor',
  secret: 'lösenord*|passord*|adgangskode*|hemlig*|hemmelig*',
  role: 'du är nu|du er nu|från och med nu|fra nå av|fra nu af|låtsas|lad som om|opptre som|agera som',
  free: 'utan begränsningar|uden begrænsninger|uten begrensninger|utan filter|uden filter|utan regler',
}

const FINNISH: Lexicon = {
  override: 'ohita|unohda|älä noudata|jätä huomiotta|sivuuta',
  prior: 'aiemmat|aikaisemmat|edelliset|kaikki|yllä|alkuperäiset|aiempia',
  instruction: 'ohjeet|ohjeita|säännöt|käskyt|määräykset|rajoitukset',
  reveal: 'näytä|paljasta|kerro|tulosta|toista|kirjoita|mikä on|mitkä ovat',
  prompt: 'järjestelmäkeho*|järjestelmän ohjeet|ohjeesi|teksti yllä',
  secret: 'salasana*|salaisu*|avain',
  role: 'olet nyt|tästä lähtien|teeskentele|esitä|toimi kuin',
  free: 'ilman rajoituksia|ilman sensuuria|ei rajoituksia',
}

const HUNGARIAN: Lexicon = {
  override: 'hagyd figyelmen kívül|felejtsd el|ne kövesd|mellőzd|ne vedd figyelembe',
  prior: 'korábbi*|előző*|fenti*|összes|minden|eddigi*|eredeti*',
  instruction: 'utasítás*|szabály*|parancs*|útmutatás*|korlátozás*',
  reveal: 'mutasd*|áruld el|írd ki|mondd*|ismételd*|mi a|mik a',
  prompt: 'rendszerprompt*|rendszerüzenet*|az utasításaid*|fenti szöveget',
  secret: 'jelszó*|jelszav*|titk*|kulcs*',
  role: 'mostantól|most te vagy|viselkedj úgy|tegyél úgy|játszd el',
  free: 'korlátozások nélkül|szűrő nélkül|szabályok nélkül|cenzúra nélkül',
}

const ROMANIAN: Lexicon = {
  override: 'ignoră|ignorați|ignora|uită|uitați|nu urma|nu respecta|omite',
  prior: 'anterioare|precedente|de mai sus|toate|tot|inițiale|tale',
  instruction: 'instrucțiun*|instructiun*|reguli*|ordine|comenzi*|indicații*|restricții*',
  reveal: 'arată*|afișează*|dezvăluie*|spune*|repetă*|scrie*|care este|care sunt',
  prompt:
    'promptul de sistem|prompt de sistem|instrucțiunile tale|instrucțiunile de sistem|mesajul de sistem|textul de mai sus',
  secret: 'parola|parolă|parole|secret*|cheia',
  role: 'acum ești|de acum înainte|de acum încolo|prefă-te|comportă-te ca|joacă rolul',
  free: 'fără restricții|fără limite|fără filtre|fără cenzură|fără reguli',
}

const GREEK: Lexicon = {
  override: 'αγνόησε|αγνοήστε|ξέχασε|ξεχάστε|παράβλεψε|μην ακολουθείς',
  prior: 'προηγούμεν*|παραπάνω|όλες|όλα|όλους|αρχικ*|πρότερ*',
  instruction: 'οδηγί*|εντολ*|κανόν*|περιορισμ*|κανονισμ*',
  reveal: 'δείξε*|αποκάλυψε*|εμφάνισε*|πες|τύπωσε|επανάλαβε|γράψε|ποιες είναι|ποιο είναι',
  prompt: 'system prompt|προτροπή συστήματος|οδηγίες συστήματος|οδηγίες σου|μήνυμα συστήματος',
  secret: 'κωδικό*|μυστικ*|κλειδί',
  role: 'είσαι τώρα|τώρα είσαι|από εδώ και πέρα|από τώρα|προσποιήσου|υποδύσου',
  free: 'χωρίς περιορισμούς|χωρίς φίλτρα|χωρίς κανόνες',
}

const SOUTH_SLAVIC: Lexicon = {
  override:
    'ignoriraj*|zanemari*|zaboravi*|ne slijedi|ne prati|prezri|pozabi|игнориши|заборави|игнорирай|забрави',
  prior: 'prethodn*|ranij*|gornj*|sve|svih|prejšnj*|претходн*|предишни*|всички|све',
  instruction:
    'uput*|instrukcij*|naredb*|naredbe|zapovijed*|pravil*|navodil*|инструкциј*|инструкции|упутства*|правила',
  reveal: 'pokaži*|prikaži*|otkrij*|reci*|ispiši*|ponovi*|povej|покажи|прикажи|кажи|koje su|koji je',
  prompt:
    'sistemski prompt|sustavni prompt|sistemske upute|svoje upute|tvoje upute|системския промпт|системски промпт',
  secret: 'lozink*|tajn*|šifr*|ključ*|geslo|парола|лозинк*',
  role: 'sada si|od sada|od sad|ponašaj se kao|pretvaraj se|glumi',
  free: 'bez ograničenja|bez cenzure|bez filtera|bez pravila|без ограничения',
}

const INDONESIAN: Lexicon = {
  override: 'abaikan|lupakan|jangan ikuti|jangan patuhi|kesampingkan',
  prior: 'sebelumnya|sebelum ini|di atas|semua|seluruh|terdahulu|awal|asli',
  instruction: 'instruksi*|perintah*|arahan*|aturan*|petunjuk*|batasan*|pedoman*',
  reveal: 'tampilkan|tunjukkan|ungkapkan|beritahu|katakan|cetak|ulangi|tulis|apa itu|apa isi|sebutkan',
  prompt:
    'prompt sistem|perintah sistem|instruksi sistem|instruksi awal|instruksi anda|instruksimu|teks di atas',
  secret: 'kata sandi|rahasia|kunci api|kata laluan',
  role: 'sekarang kamu adalah|sekarang anda adalah|mulai sekarang|berpura-pura|bertindak sebagai|berperan sebagai',
  free: 'tanpa batasan|tanpa filter|tanpa sensor|tanpa aturan',
}

const VIETNAMESE: Lexicon = {
  override: 'bỏ qua|quên|phớt lờ|không tuân theo|đừng làm theo|lờ đi',
  prior: 'trước đó|trước đây|ở trên|tất cả|mọi|ban đầu|bên trên',
  instruction: 'hướng dẫn|chỉ dẫn|chỉ thị|lệnh|quy tắc|giới hạn|yêu cầu',
  reveal: 'hiển thị|cho tôi xem|cho toi xem|tiết lộ|in ra|nói cho tôi|lặp lại|viết ra|là gì',
  prompt: 'lời nhắc hệ thống|prompt hệ thống|hướng dẫn hệ thống|chỉ dẫn của bạn|văn bản trên|lệnh hệ thống',
  secret: 'mật khẩu|bí mật|khóa',
  role: 'bây giờ bạn là|từ bây giờ|từ giờ|hãy đóng vai|giả vờ|đóng vai',
  free: 'không giới hạn|không có giới hạn|không kiểm duyệt|không bị hạn chế',
}

const PERSIAN: Lexicon = {
  override: 'نادیده بگیر*|فراموش کن*|پیروی نکن|بی توجه باش|نادیده',
  prior: 'قبلی|پیشین|بالا|تمام|همه|اولیه|پیش از این',
  instruction: 'دستور*|قوانین|قواعد|راهنما*|فرمان*|محدودیت*',
  reveal: 'نشان بده|نشان دهید|بگو|فاش کن|چاپ کن|تکرار کن|بنویس|چیست',
  prompt: 'پرامپت سیستم|دستورات سیستم|پیام سیستم|دستورالعملهای خود|متن بالا',
  secret: 'رمز عبور|گذرواژه|رمز|راز',
  role: 'اکنون تو|از این پس|از حالا به بعد|وانمود کن|نقش',
  free: 'بدون محدودیت|بدون سانسور|بدون فیلتر|بدون قانون',
}

const HEBREW: Lexicon = {
  override: 'התעלם*|שכח|תשכח|אל תציית|אל תעקוב|התעלמי',
  prior: 'הקודמות|הקודמים|הקודם|למעלה|כל|המקוריות|לעיל',
  instruction: 'ההוראות|הוראות|מההוראות|הכללים|כללים|הפקודות|ההנחיות|ההגבלות',
  reveal: 'הצג|חשוף|גלה|הראה|תגיד|הדפס|חזור על|כתוב|מהן|מהי',
  prompt: 'הנחיית המערכת|הוראות המערכת|פרומפט המערכת|ההוראות שלך|הטקסט למעלה',
  secret: 'סיסמה|הסיסמה|סוד|מפתח',
  role: 'אתה עכשיו|מעכשיו|העמד פנים|שחק תפקיד',
  free: 'ללא הגבלות|בלי הגבלות|ללא צנזורה',
}

const BENGALI: Lexicon = {
  override: 'উপেক্ষা*|ভুলে যাও|ভুলে যান|অগ্রাহ্য*|এড়িয়ে যাও',
  prior: 'পূর্ববর্তী|আগের|সমস্ত|সকল|সব|উপরের|পূর্বের|মূল',
  instruction: 'নির্দেশ*|আদেশ*|নিয়ম*|নির্দেশনা*|সীমাবদ্ধতা*',
  reveal: 'দেখাও|দেখান|বলো|বলুন|প্রকাশ*|লেখো|কী|প্রদর্শন*',
  prompt: 'সিস্টেম প্রম্পট|সিস্টেম নির্দেশ*|তোমার নির্দেশ*|আপনার নির্দেশ*',
  secret: 'পাসওয়ার্ড*|গোপন*|চাবি',
  role: 'এখন তুমি|এখন আপনি|এখন থেকে|ভান করো|ভূমিকায়',
  free: 'কোনো সীমাবদ্ধতা ছাড়া|বিধিনিষেধ ছাড়া|সীমাহীন',
}

/** Written without spaces, as its neighbours in the list of those are. */
export const THAI: Lexicon = {
  override: 'ละเว้น|เพิกเฉย|ลืม|ไม่ต้องสนใจ|อย่าทำตาม|ข้าม',
  prior: 'ก่อนหน้า|ทั้งหมด|ข้างต้น|เดิม|ด้านบน',
  instruction: 'คำสั่ง|คำแนะนำ|กฎ|ข้อจำกัด|คำชี้แจง',
  reveal: 'แสดง|เปิดเผย|บอก|พิมพ์|ทวน|คืออะไร',
  prompt: 'พรอมต์ระบบ|คำสั่งระบบ|ข้อความระบบ|คำสั่งของคุณ',
  secret: 'รหัสผ่าน|ความลับ',
  role: 'ตอนนี้คุณคือ|จากนี้ไป|แสร้งทำ|สวมบทบาท',
  free: 'ไม่มีข้อจำกัด|ไม่มีการเซ็นเซอร์|ไร้ขีดจำกัด',
}

export const FURTHER: readonly Lexicon[] = [
  UKRAINIAN,
  CZECH_AND_SLOVAK,
  SCANDINAVIAN,
  FINNISH,
  HUNGARIAN,
  ROMANIAN,
  GREEK,
  SOUTH_SLAVIC,
  INDONESIAN,
  VIETNAMESE,
  PERSIAN,
  HEBREW,
  BENGALI,
]
