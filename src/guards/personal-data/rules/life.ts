import { digitsOf } from '../check-digits.ts'
import type { PersonalRule } from '../finding.ts'

const DATE =
  '\\d{1,2}[./ -]\\d{1,2}[./ -](?:19|20)?\\d{2}|(?:19|20)\\d{2}[./-]\\d{1,2}[./-]\\d{1,2}|\\d{1,2}(?:st|nd|rd|th|\\.)? (?:of )?\\p{L}{3,10}\\.?,? (?:19|20)\\d{2}|\\p{L}{3,10} \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d{2}'
const WORD = "(?:\\p{Lu}[\\p{L}'’-]{1,24}|\\p{Lo}[\\p{L}'’-]{0,24})"
const PLACE = "[\\p{Lu}\\p{Lo}\\d#][\\p{L}\\d#/'’-]{0,24}"
const BETWEEN =
  '(?:de|la|le|du|des|del|della|di|da|do|dos|das|van|der|den|el|al|no|of|the|pod|nad|m|th|og|em|apt|suite|unit|floor|flat|étage|кв|ул|пл)'
const NAME = "\\p{Lu}\\p{Ll}[\\p{L}'’-]{0,24}"
const STREET =
  'street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|way|terrace|square|sq|highway|hwy|parkway|pkwy|circle|cir|close|crescent|gardens|grove|mews|row|walk|hill|trail|loop|alley|plaza|turnpike|crossing|heights|ridge|villas?|views?|mount|manor|meadows?'

/** Names, days of birth, documents and homes: they show by what stands around them. */
export const LIFE: readonly PersonalRule[] = [
  {
    rule: 'personal.date-of-birth',
    class: 'date-of-birth',
    what: 'a date of birth',
    pattern: new RegExp(`(?<![\\p{L}\\d])(?:${DATE})(?![\\p{L}\\d])`, 'gu'),
    context:
      /(?:\bborn\b|\bd\.?o\.?b\b|birth|geboren|geb\.|geburt|naissance|né(?:e)? le|nacimiento|nacid[oa]|nascimento|nascid[oa]|nascita|nat[oa] il|geboorte|urodz|рожд|doğum|ngày sinh|出生|生年月日|생년월일)/i,
    confidence: 'medium',
    holds: ['Date of birth: 12/03/1984', 'born on March 3, 1975', 'geboren am 01.02.1990', 'DOB 1984-07-09'],
    lacks: ['released on 12/03/1984', 'born in Berlin', 'date: 2024-01-01'],
  },
  {
    rule: 'personal.passport',
    class: 'identity-document',
    what: 'a passport number',
    pattern: /(?<![\w-])[A-Z0-9]+(?![\w-])/gi,
    check: (value) => value.length >= 6 && value.length <= 10 && digitsOf(value).length >= 2,
    context:
      /(?:passport|reisepass|passeport|pasaporte|passaporto|passaporte|paspoort|paszport|паспорт|pasaport)(?:e?[ -]?(?:number|no\.?|nr\.?|num|nummer|numéro|número|numero|#))?/i,
    confidence: 'medium',
    holds: ['passport number: C01X00T47', 'Reisepass Nr: C4VH8W3K1', 'Passport No. 533401372'],
    lacks: ['passport.authenticate', 'passport number required', 'order C01X00T47'],
  },
  {
    rule: 'personal.driving-licence',
    class: 'identity-document',
    what: 'a driving licence number',
    pattern: /(?<![\w-])[A-Z0-9][A-Z0-9-]*(?![\w-])/gi,
    check: (value) => value.length >= 6 && value.length <= 20 && digitsOf(value).length >= 3,
    context:
      /(?:driv(?:er|ing|er s|ers)['’]?s? ?licen[cs]e|\bDL[ :#.]|führerschein|permis de conduire|licencia de conducir|carnet de conducir|patente di guida|rijbewijs|prawo jazdy)(?:[ -]?(?:number|no\.?|nr\.?|num|nummer|numéro|número|numero|#))?/i,
    confidence: 'medium',
    holds: [
      "driver's license number: D1234562",
      'driving licence no: MORGA657054SM9IJ',
      'Führerschein Nr. B072RRE2I55',
    ],
    lacks: ['driving licence required', 'license: MIT-0', 'product D1234562'],
  },
  {
    rule: 'personal.name-by-title',
    class: 'name',
    what: 'the name of a person',
    pattern: new RegExp(
      `(?<![\\p{L}.])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Sra?|Señora?|Don|Doña|Sig|Signora?|Dott|Dhr|Mevr|Pan|Pani|Г-н|Г-жа)\\.? (${WORD}(?: (?:van|von|de|der|den|del|della|di|da|la|le|du|dos|bin|al|el|Mc|O['’])){0,2}(?: ${WORD}){0,2})`,
      'gu',
    ),
    confidence: 'medium',
    check: (value) =>
      !/^(?:Who|What|The|This|That|Robot|Clean|President|Speaker|Chairman|Minister|Editor|Sir|Madam)\b/.test(
        value,
      ),
    holds: ['Dear Mr. John Smith,', 'Frau Müller', 'Mme Claire Dubois est ici', 'Sr. Juan García'],
    lacks: ['Mr. and Mrs.', 'the Dr is in', 'dr. smith@'],
  },
  {
    rule: 'personal.name-by-label',
    class: 'name',
    what: 'the name of a person',
    pattern: new RegExp(
      `(?<![\\p{L}])(?:[Mm]y name is|[Ii] am called|[Nn]ame of (?:the )?(?:patient|customer|employee|applicant|client|holder)[:=]?|(?:[Ff]ull|[Ff]irst|[Ll]ast|[Pp]atient|[Cc]ustomer|[Ee]mployee|[Cc]lient|[Cc]ardholder|[Cc]ontact|[Aa]pplicant|[Ss]tudent)[ _]?[Nn]ame["']?[:=]|[Pp]atient:|[Cc]ontact [Pp]erson:|[Mm]ein [Nn]ame ist|[Ii]ch heiße|[Jj]e m['’]appelle|[Mm]on nom est|[Mm]e llamo|[Mm]i nombre es|[Mm]eu nome é|[Mm]i chiamo|[Mm]ijn naam is|[Mm]am na imię|[Мм]еня зовут) {0,3}["']?(${WORD}(?: (?:van|von|de|der|den|del|della|di|da|la|le|du)){0,2}(?: ${WORD}){0,3})`,
      'gu',
    ),
    confidence: 'medium',
    check: (value) =>
      !/^(?:String|Required|Optional|Text|Name|Your|The|Enter|Example|Field|Unknown|None|Null|True|False|Value)\b/.test(
        value,
      ),
    holds: [
      'Hello, my name is Anna Schmidt.',
      'Full name: Peter van der Berg',
      'Je m’appelle Claire Dubois',
      'patient name: Maria Rossi',
    ],
    lacks: ['my name is not set', 'file name: Makefile', 'full name: required'],
  },
  {
    rule: 'personal.name-by-greeting',
    class: 'name',
    what: 'the name of a person',
    pattern: new RegExp(
      `(?:^|\\n)(?:(?:Dear|Hi|Hello|Hey|Liebe[rs]?|Lieber|Hallo|Cher|Chère|Bonjour|Estimad[oa]|Querid[oa]|Hola|Olá|Prezad[oa]|Car[oa]|Gentile|Ciao|Beste|Geachte|Drog[ia]|Witaj|Здравствуйте|Уважаем(?:ый|ая)) (${WORD}(?: ${WORD}){0,2})[,!]|(?:(?:Best|Kind|Warm) [Rr]egards|Regards|Sincerely|Best|Cheers|Thanks|Yours (?:truly|sincerely|faithfully)|Mit freundlichen Grüßen|Viele Grüße|Cordialement|Saludos|Atenciosamente|Cordiali saluti),?\\n{1,2}(${WORD} ${WORD}(?: ${WORD})?) ?(?:\\n|$))`,
      'gu',
    ),
    confidence: 'medium',
    check: (value) =>
      !/^(?:All|Team|Everyone|World|Sir|Madam|Customer|Friends?|Folks|There|Colleagues|Support|Reader|User|Maintainers?|Developers?|Hiring|Damen|Kollegen|Tous)\b/.test(
        value,
      ),
    holds: ['Dear Anna,\nthank you', 'Bye.\nKind regards,\nPeter Miller\n', 'Hallo Jonas!\nwie geht es'],
    lacks: ['Dear all,\nplease', 'Hello world!', 'Regards,\nthe team'],
  },
  {
    rule: 'personal.street-address',
    class: 'postal-address',
    what: 'a postal address',
    pattern: new RegExp(
      `(?<![\\p{L}\\d.])\\d{1,5}[A-Za-z]? (?:(?:N|S|E|W|North|South|East|West)\\.? )?(?:${WORD} ){1,4}(?:${STREET})\\b\\.?(?:,? (?:apt|apartment|suite|unit|flat|floor|#)\\.? ?[\\w-]{1,6})?(?:,? ${WORD}(?: ${WORD}){0,2},? (?:[A-Z]{2} )?(?:\\d{5}(?:-\\d{4})?|[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}))?`,
      'giu',
    ),
    confidence: 'medium',
    check: (value) =>
      /^\d{1,5}[A-Za-z]? \p{Lu}/u.test(value) &&
      !/\b(?:ways?|the|row|of|in|on|by|to|for|and|is)\b /i.test(value.replace(/^\S+ /, '').slice(0, 12)),
    holds: [
      'at 221 Baker Street, London NW1 6XE',
      '1600 Pennsylvania Avenue',
      'lives at 45 N Elm St, Springfield, IL 62704',
    ],
    lacks: ['10 ways to', '3 steps', '5 Row level'],
  },
  {
    rule: 'personal.address-by-label',
    class: 'postal-address',
    what: 'a postal address',
    pattern: new RegExp(
      `(?<![\\p{L}-])(?:(?:I|[Hh]e|[Ss]he|[Ww]e|[Tt]hey|[Ww]ho) (?:currently )?(?:lives?|lived|resides?) (?:at|on)|(?:[Hh]ome|[Mm]ailing|[Pp]ostal|[Bb]illing|[Ss]hipping|[Rr]esidential|[Ss]treet|[Dd]elivery|[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Nn]ew) address(?: is|:)|Address:|[Oo]ur new home is|(?:[Dd]eliver|[Ss]hip|[Ss]end)(?: it| them| this)? to|[Ww]ohnhaft(?: in| an)?|[Ii]ch wohne (?:in|an) der|(?:[Dd]ie |[Mm]eine )?(?:An)?[Aa]dresse(?: lautet| ist|:)|[Jj]['’]habite(?: au)?|[Mm]on adresse est|[Aa]dresse :|[Vv]ivo en|[Dd]irección(?: es|:)|[Aa]bito in|[Ii]ndirizzo(?: è|:)|[Mm]oro na|[Ee]ndereço(?: é|:)|[Aa]dres(?: is|:)|[Аа]дрес:|[Пп]роживает по адресу|住所[は::]|地址[是::]|주소[는:]) {0,2}(${PLACE}(?:(?:,|(?<=[ ,]\\p{L}{1,3})\\.,?)? (?:${BETWEEN},? ){0,2}${PLACE}){1,9})`,
      'gu',
    ),
    confidence: 'medium',
    check: (value) =>
      /\d/.test(value) &&
      /(?:^|[ ,])[\p{Lu}\p{Lo}][\p{L}'’.-]{2,}/u.test(value) &&
      !/\b(?:v?\d+\.\d+\.\d+|0x[0-9a-f]+|https?|localhost)\b/i.test(value),
    holds: [
      'I live at 50548 Cedar Pass.',
      'Ship it to Västra Kyrkgränden 6, 13431 Helsingsta',
      'My home address is Strada Cecilio 405, Appartamento 60',
    ],
    lacks: ['Address: 0x7ffe1234', 'ship it to production', 'Our address is on the website.'],
  },
  {
    rule: 'personal.continental-address',
    class: 'postal-address',
    what: 'a postal address',
    pattern: new RegExp(
      `(?<![\\p{L}-])(?:\\p{Lu}[\\p{L}-]{2,24}(?:straße|strasse|str\\.|weg|allee|platz|gasse|ring|damm|ufer|straat|laan|plein|gade|vej|gatan|vägen|gata)|(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Aa]llée|[Ii]mpasse|[Cc]alle|[Aa]venida|[Pp]laza|[Pp]aseo|Via|[Vv]iale|[Pp]iazza|[Cc]orso|[Rr]ua|[Tt]ravessa|[Uu]lica|[Uu]l\\.) (?:(?:de|du|des|la|le|les|del|della|di|da|do|dos|el|los) |l['’]){0,3}${NAME}(?: ${NAME}){0,3},?) ?\\d{1,4} ?[a-zA-Z]?\\b(?:,? {0,2}\\n? ?(?:[A-Z]{1,2}-)?\\d{4,5} ?(?:[A-Z]{2} )?${WORD})?|(?<!\\d)\\d{1,4}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|place|chemin|allée|impasse|quai|route|cours) (?:(?:de|du|des|la|le|les) |[dl]['’]){0,3}${WORD}(?: ${WORD}){0,3}(?:,? ?\\d{5} ${WORD})?`,
      'gu',
    ),
    confidence: 'medium',
    holds: [
      'Musterstraße 12, 12345 Berlin',
      '12 rue de la Paix, 75002 Paris',
      'Calle Mayor 5',
      'Via Roma 10',
      'Beethovenlaan 5',
    ],
    lacks: ['straße ohne Nummer', 'via HTTP 2', 'la rue est longue', 'place 5'],
  },
]
