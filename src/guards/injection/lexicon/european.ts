import type { Lexicon } from '../concepts.ts'

const GERMAN: Lexicon = {
  override:
    'ignorier*|vergiss|vergesse*|vergessen sie|missachte*|übergehe*|überschreib*|beachte nicht|befolge nicht|verwirf|verwerfe*|umgehe*|außer acht|lass alles|kümmere dich nicht|hör auf|höre auf|beachte den|nicht weiter',
  prior:
    'vorherige*|vorige*|bisherige*|obige*|früheren|frühere|alle|alles|vorangegangene*|vorangehende*|zuvor|davor|ursprüngliche*|bestehende*|deine|ihre|sämtliche*|man dir gesagt|dir gesagt',
  instruction:
    'anweisung*|instruktion*|befehl*|vorgabe*|regeln|richtlinie*|aufgabe|aufgaben|aufträge|auftrag|weisung*|aufforderung*|gesagt*|kontext|eingabe*|prompts|einschränkung*|informationen|aufgabenstellung*',
  reveal:
    'zeig|zeige|zeigen|verrate*|gib|gebe|geben|nenne|nennen|sage mir|sag mir|wiederhol*|drucke|schreibe|offenbare*|enthülle*|was ist|was sind|wie lautet|wie lauten|was war|liste|übersetze|was steht|wie lautet|wie lauten|nenne mir|nenn mir',
  prompt:
    'systemprompt*|system prompt|system-prompt|deine anweisungen|ihre anweisungen|deine instruktionen|deine vorgaben|deinen prompt|dein prompt|deine regeln|ursprünglichen anweisungen|initialen anweisungen|ersten prompt|deine aufgabe|text oben|obigen text|vorherigen text|geheimen anweisungen|prompttext*|prompt-text*|deine konfiguration|komplette konfiguration|wie du programmiert|welche befehle hast du|welche anweisungen hast du|was wurde dir gesagt|am anfang dieses|am anfang dieser|deine befehle|deine anfangs',
  secret:
    'passwort|passwörter|kennwort|geheimnis|geheimwort|schlüssel|api-schlüssel|zugangsdaten|geheime|losungswort',
  hide: 'sage nicht|sag nicht|erwähne nicht|verrate nicht|ohne zu sagen|ohne es zu erwähnen|nicht erwähnen|ohne wissen|informiere nicht|teile nicht mit',
  silent: 'heimlich|im geheimen|unbemerkt',
  user: 'dem benutzer|den benutzer|der benutzer|dem nutzer|den nutzer|der nutzer|niemandem|benutzers|nutzers',
  role: 'du bist jetzt|du bist nun|sie sind jetzt|sie sind nun|ab jetzt|von nun an|ab sofort|verhalte dich|handle als|agiere als|tu so|spiele die rolle|übernimm die rolle|stell dir vor|stelle dir vor|tue so|nimm die rolle|gib vor|antworte als',
  free: 'keine einschränkungen|ohne einschränkungen|keine regeln|ohne regeln|ohne filter|unzensiert|uneingeschränkt|keine grenzen|ohne rücksicht|ohne moral|ohne zensur|keine filter|lehnst keine|niemals ablehnen|nie ablehnen|verweigerst nie|keine regeln kennt|keine richtlinien|ohne richtlinien|alles beantwortet|auch verbotenes|keine verbote|alles erlaubt|kennt keine|beantwortest alles|ohne hemmungen|keine moral|keine tabus|ohne jede',
  persona: 'entwicklermodus|gottmodus|adminmodus|jailbreak-modus',
  fresh:
    'neue anweisung|neue anweisungen|neuen anweisungen|neue aufgabe|neuen aufgabe|nächste aufgabe|folgende anweisungen|folgenden anweisungen|stattdessen|deine neue|ihre neue|konzentriere dich',
  agent: 'ki|ki-assistent|sprachmodell|assistent|ki-modell|chatbot',
  answer: 'antwort|antworten|ausgabe|zusammenfassung',
  your: 'dein|deine|deinen|deiner|deines|ihre|ihren|dir|du',
  please: 'bitte',
  send: 'sende|schicke|übermittle|leite|lade hoch',
  steer:
    'deine antwort|deiner antwort|antworte nur|antworte mit|antworte ausschließlich|gib nur|schreibe nur|sage nur|beginne deine|beende deine',
}

const FRENCH: Lexicon = {
  override:
    'ignore|ignorez|ignorer|oublie|oubliez|oublier|néglige|négligez|ne tiens pas compte|ne tenez pas compte|ne suis pas|ne suivez pas|contourne|contournez|passe outre|outrepasse*|fais abstraction|faites abstraction|écarte|laisse tomber|laissez tomber|ne tiens plus compte|ne tenez plus compte|mets de côté',
  prior:
    'précédent*|précédemment|antérieur*|ci-dessus|toutes|tous|tout|avant|initiales|initial|originales|au-dessus|préalable*|tes|vos|ce qu on t a|reçu|reçus|demandé avant',
  instruction:
    'instruction*|consigne*|directive*|règles|règle|ordres|ordre|commandes|contexte|indications|contraintes|restrictions|messages|textes',
  reveal:
    'révèle|révélez|révéler|affiche|affichez|afficher|montre|montrez|donne-moi|donne moi|donnez-moi|donne|dis-moi|dis moi|dites-moi|répète|répétez|imprime|écris|quel est|quelles sont|quelle est|divulgue|liste|traduis',
  prompt:
    'prompt système|invite système|message système|instructions système|tes instructions|vos instructions|instructions initiales|prompt initial|ton prompt|votre prompt|texte ci-dessus|tes consignes|vos consignes|instructions secrètes|instructions cachées|invite initiale',
  secret: 'mot de passe|mots de passe|secret|secrète|clé api|clés api|identifiants|clé secrète',
  hide: 'ne dis pas|ne dites pas|ne mentionne pas|ne mentionnez pas|ne révèle pas|sans dire|sans informer|sans le dire|sans prévenir|ne préviens pas|n informe pas',
  silent: 'secrètement|en secret|discrètement|silencieusement',
  user: 'utilisateur|utilisateurs|personne|l utilisateur|usager',
  role: 'tu es maintenant|vous êtes maintenant|tu es désormais|vous êtes désormais|à partir de maintenant|dorénavant|désormais|agis comme|agissez comme|agis en tant|agissez en tant|fais semblant|faites semblant|joue le rôle|jouez le rôle|comporte-toi|imagine que tu|prétends|prends le rôle|réponds comme',
  free: 'sans restriction|sans restrictions|aucune restriction|sans limites|sans filtre|non censuré|sans censure|sans règles|aucune règle|sans limite|sans jamais refuser|ne refuse jamais|ne refuses jamais|aucune limite|aucun filtre|plus aucune règle|aucune consigne|sans aucune limite|réponds à tout|plus de règles|plus aucune limite|sans tabou|sans morale',
  persona: 'mode développeur|mode dieu|mode administrateur|mode jailbreak',
  fresh:
    'nouvelle instruction|nouvelles instructions|nouvelle tâche|nouvelles règles|instructions suivantes|à la place|plutôt|nouvelle consigne|nouvelles consignes|ta nouvelle|votre nouvelle',
  agent: 'ia|assistant|modèle de langage|intelligence artificielle|agent ia',
  answer: 'réponse|réponses|sortie|résumé',
  your: 'ton|ta|tes|votre|vos|toi|tu|vous',
  please: 's il te plaît|s il vous plaît|veuillez|merci de',
  send: 'envoie|envoyez|transmets|transférez|transfère|téléverse',
  steer:
    'ta réponse|votre réponse|réponds uniquement|répondez uniquement|réponds seulement|réponds par|dis seulement|écris uniquement',
}

const SPANISH: Lexicon = {
  override:
    'ignora|ignore|ignorar|ignoren|olvida|olvide|olvidar|olvídate|descarta|descarte|omite|omita|omitir|haz caso omiso|haga caso omiso|no sigas|no hagas caso|desobedece|sáltate|pasa por alto|anula|desestima|salta|evita|deja de lado|dejar de lado|desactiva|desactive',
  prior:
    'anterior|anteriores|previa|previas|previo|previos|arriba|todas|todos|todo|antes|precedentes|iniciales|originales|cualquier|tus|sus|te han dicho|te dijeron',
  instruction:
    'instruccion|instrucciones|instrucción|indicaciones|órdenes|orden|ordenes|reglas|directrices|directivas|normas|comandos|restricciones|contexto|mandatos|pautas|mensajes|filtros|lo que te han dicho|lo que te dijeron|te han dicho',
  reveal:
    'revela|revele|revelar|muestra|muestre|mostrar|muéstrame|dime|diga|dame|imprime|repite|repita|escribe|cuál es|cual es|cuáles son|cuales son|divulga|enseña|comparte|traduce',
  prompt:
    'prompt del sistema|prompt de sistema|mensaje del sistema|instrucciones del sistema|tus instrucciones|sus instrucciones|instrucciones iniciales|instrucciones originales|prompt inicial|tu prompt|texto anterior|texto de arriba|tus reglas|tus directrices|instrucciones ocultas|instrucciones secretas',
  secret:
    'contraseña|contraseñas|secreto|secreta|clave|claves|clave api|credenciales|clave secreta|palabra secreta',
  hide: 'no le digas|no digas|no menciones|no reveles|sin decir|sin informar|sin avisar|no informes|no le informes|sin que el',
  silent: 'en secreto|secretamente|silenciosamente|a escondidas',
  user: 'usuario|usuarios|al usuario|el usuario|nadie',
  role: 'ahora eres|ahora usted es|eres ahora|a partir de ahora|desde ahora|de ahora en adelante|actúa como|actua como|actúe como|compórtate como|finge que|finge ser|haz de|haz el papel|imagina que eres|simula ser|pretende ser|hazte pasar|responde como|asume el papel|asume el rol',
  free: 'sin restricciones|sin límites|sin limites|sin filtros|sin filtro|sin censura|sin reglas|ninguna restricción|ninguna regla|no tienes restricciones|sin limitaciones|nunca te niegues|nunca rechaces|no rechaces|responde a todo|sin ética|no tuvieras reglas|no tienes reglas|no tiene límites|no tiene reglas|no tienes límites|cualquier cosa|no existieran reglas|sin moral|responde cualquier',
  persona: 'modo desarrollador|modo dios|modo administrador|modo jailbreak',
  fresh:
    'nueva instrucción|nuevas instrucciones|nueva tarea|nuevas reglas|siguientes instrucciones|en su lugar|en cambio|nuevas órdenes|tu nueva|nueva orden',
  agent: 'ia|asistente|modelo de lenguaje|inteligencia artificial|agente de ia',
  answer: 'respuesta|respuestas|salida|resumen',
  your: 'tu|tus|su|sus|ti|usted',
  please: 'por favor',
  send: 'envía|envia|enviar|manda|reenvía|transfiere|sube',
  steer:
    'tu respuesta|su respuesta|responde solo|responde solamente|responde únicamente|responde con|di solamente|escribe solo|escribe solamente',
}

const PORTUGUESE: Lexicon = {
  override:
    'ignore|ignora|ignorar|ignorem|esqueça|esqueca|esquece|esquecer|desconsidere|desconsidera|desconsiderar|descarte|despreze|não siga|nao siga|desobedeça|contorne|anule',
  prior:
    'anterior|anteriores|prévia|prévias|prévio|prévios|acima|todas|todos|tudo|antes|precedentes|iniciais|originais|quaisquer|suas|seus|tuas|foi dito|te disseram',
  instruction:
    'instrução|instruções|instrucoes|instrucao|ordens|comandos|regras|diretrizes|diretivas|orientações|restrições|contexto|mensagens|que foi dito|o que te disseram',
  reveal:
    'revele|revela|revelar|mostre|mostra|mostrar|diga|diga-me|me diga|imprima|repita|repete|escreva|exiba|qual é|qual e|quais são|quais sao|divulgue|compartilhe|traduza|liste',
  prompt:
    'prompt do sistema|prompt de sistema|mensagem do sistema|instruções do sistema|suas instruções|instruções iniciais|instruções originais|prompt inicial|seu prompt|texto acima|teu prompt|suas regras|instruções ocultas|tuas instruções|suas diretrizes',
  secret: 'senha|senhas|segredo|secreta|chave|chaves|chave de api|credenciais|palavra-passe|palavra secreta',
  hide: 'não conte|nao conte|não diga|não mencione|nao mencione|não revele|sem dizer|sem informar|sem avisar|não informe',
  silent: 'secretamente|em segredo|silenciosamente',
  user: 'usuário|usuario|usuários|utilizador|ninguém|ninguem',
  role: 'você agora é|agora você é|voce agora e|a partir de agora|de agora em diante|aja como|atue como|finja ser|finja que|comporte-se como|faça o papel|imagine que você|responda como|assuma o papel|simule ser',
  free: 'sem restrições|sem restricoes|sem limites|sem filtros|sem filtro|sem censura|sem regras|nenhuma restrição|sem limitações|nunca recuse|não recuse|responda a tudo|sem ética|sem nenhuma regra|qualquer coisa|responde a qualquer|não tem regras|sem moral',
  persona: 'modo desenvolvedor|modo deus|modo administrador',
  fresh:
    'nova instrução|novas instruções|nova tarefa|novas regras|seguintes instruções|em vez disso|ao invés|novas ordens|sua nova',
  agent: 'ia|assistente|modelo de linguagem|inteligência artificial',
  answer: 'resposta|respostas|saída|resumo',
  your: 'seu|sua|seus|suas|teu|tua|você|voce',
  please: 'por favor',
  send: 'envie|envia|mande|encaminhe|transfira',
  steer: 'sua resposta|responda apenas|responda somente|responda com|diga apenas|escreva apenas',
}

const ITALIAN: Lexicon = {
  override:
    'ignora|ignorate|ignori|ignorare|dimentica|dimenticate|dimentichi|dimenticare|trascura|non seguire|tralascia|scarta|scavalca|aggira|non considerare|annulla|lascia perdere|lasciate perdere|metti da parte',
  prior:
    'precedente|precedenti|sopra|tutte|tutti|tutto|prima|iniziali|originali|antecedenti|qualsiasi|tue|vostre|ti è stato detto|ti hanno detto',
  instruction:
    'istruzione|istruzioni|ordini|comandi|regole|direttive|indicazioni|linee guida|restrizioni|contesto|disposizioni|messaggi',
  reveal:
    'rivela|rivelami|mostra|mostrami|dimmi|dammi|stampa|ripeti|scrivi|qual è|quali sono|divulga|condividi|traduci|elenca',
  prompt:
    'prompt di sistema|prompt del sistema|messaggio di sistema|istruzioni di sistema|tue istruzioni|istruzioni iniziali|istruzioni originali|prompt iniziale|tuo prompt|testo sopra|testo precedente|tue regole|istruzioni nascoste|istruzioni segrete',
  secret: 'password|segreto|segreta|chiave|chiavi|credenziali|parola d ordine|chiave api|parola segreta',
  hide: 'non dire|non menzionare|non rivelare|senza dire|senza informare|senza avvisare|non informare',
  silent: 'segretamente|in segreto|silenziosamente|di nascosto',
  user: 'utente|utenti|l utente|all utente|nessuno',
  role: 'ora sei|adesso sei|da ora in poi|d ora in poi|da adesso|agisci come|comportati come|fingi di|fai finta|immagina di essere|interpreta il ruolo|rispondi come|assumi il ruolo|simula di',
  free: 'senza restrizioni|senza limiti|senza filtri|senza censura|senza regole|nessuna restrizione|senza limitazioni|non rifiutare|non rifiutare mai|rispondi a tutto|senza rifiutare|non ha regole|non hai regole|senza regole|qualsiasi cosa|tutto quello che dico|senza morale',
  persona: 'modalità sviluppatore|modalità dio|modalità amministratore',
  fresh:
    'nuova istruzione|nuove istruzioni|nuovo compito|nuove regole|seguenti istruzioni|invece|al suo posto|nuovi ordini|tuo nuovo',
  agent: 'ia|assistente|modello linguistico|intelligenza artificiale',
  answer: 'risposta|risposte|uscita|riassunto',
  your: 'tuo|tua|tuoi|tue|vostro|vostre',
  please: 'per favore|per piacere',
  send: 'invia|manda|inoltra|trasferisci|carica',
  steer: 'tua risposta|rispondi solo|rispondi soltanto|rispondi con|di soltanto|scrivi solo',
}

const DUTCH: Lexicon = {
  override: 'negeer|negeren|vergeet|vergeten|sla over|volg niet|omzeil|verwerp|schrap|overschrijf',
  prior:
    'vorige|voorgaande|eerdere|bovenstaande|alle|alles|hierboven|oorspronkelijke|voorafgaande|jouw|je is verteld|je werd verteld',
  instruction:
    'instructie|instructies|opdracht|opdrachten|regels|richtlijnen|bevelen|aanwijzingen|context|beperkingen',
  reveal: 'toon|laat zien|geef|vertel|vertel me|herhaal|print|schrijf|onthul|wat is|wat zijn|verklap|vertaal',
  prompt:
    'systeemprompt|systeem prompt|systeembericht|jouw instructies|je instructies|oorspronkelijke instructies|eerste prompt|tekst hierboven|je prompt|bovenstaande tekst|verborgen instructies',
  secret: 'wachtwoord|wachtwoorden|geheim|geheime|sleutel|inloggegevens|api-sleutel',
  hide: 'vertel niet|zeg niet|vermeld niet|onthul niet|zonder te vertellen|zonder te melden|informeer niet',
  silent: 'stiekem|in het geheim|heimelijk',
  user: 'de gebruiker|gebruiker|gebruikers|niemand',
  role: 'je bent nu|jij bent nu|u bent nu|vanaf nu|van nu af aan|doe alsof|gedraag je als|speel de rol|stel je voor|handel als|antwoord als|neem de rol',
  free: 'zonder beperkingen|geen beperkingen|zonder filter|ongecensureerd|zonder regels|geen regels|zonder grenzen|alles beantwoorden|beantwoord alles|geen enkele regel|geen beperking',
  fresh:
    'nieuwe instructie|nieuwe instructies|nieuwe opdracht|nieuwe taak|volgende instructies|in plaats daarvan|je nieuwe',
  agent: 'ai|assistent|taalmodel',
  answer: 'antwoord|antwoorden|uitvoer|samenvatting',
  your: 'je|jouw|jij|uw',
  please: 'alsjeblieft|alstublieft',
  send: 'stuur|verzend|zend|upload',
  steer: 'je antwoord|jouw antwoord|antwoord alleen|antwoord met|zeg alleen|schrijf alleen',
}

const POLISH: Lexicon = {
  override:
    'zignoruj*|ignoruj*|zapomnij*|pomiń|pomin|pomijaj|nie przestrzegaj|nie stosuj|odrzuć|obejdź|unieważnij|lekceważ',
  prior:
    'poprzedni*|wcześniejsz*|wczesniejsz*|powyższ*|powyzsz*|wszystki*|wszystko|pierwotn*|dotychczasow*|swoje|ci powiedziano|ci kazano',
  instruction: 'instrukcj*|polece*|zasad*|wytyczn*|regu*|rozkaz*|kontekst*|ogranicze*|komend*',
  reveal:
    'ujawnij|pokaż|pokaz|podaj|wyświetl|powtórz|powiedz|wypisz|wydrukuj|zdradź|napisz|jakie są|jaki jest|przetłumacz',
  prompt:
    'prompt systemowy|promptu systemowego|instrukcje systemowe|swoje instrukcje|twoje instrukcje|początkowe instrukcje|pierwotne instrukcje|swój prompt|tekst powyżej|ukryte instrukcje|wiadomość systemowa',
  secret: 'hasł*|sekret*|tajn*|klucz*|dane logowania',
  hide: 'nie mów|nie wspominaj|nie ujawniaj|bez informowania|nie informuj|bez wiedzy',
  silent: 'potajemnie|w tajemnicy|po cichu',
  user: 'użytkownik*|uzytkownik*|nikomu',
  role: 'jesteś teraz|jestes teraz|teraz jesteś|od teraz|od tej pory|zachowuj się|udawaj|wciel się|wyobraź sobie|działaj jako|odgrywaj rolę|odpowiadaj jako',
  free: 'bez ograniczeń|bez ograniczen|bez filtrów|bez cenzury|bez zasad|nieograniczon*|żadnych ograniczeń|żadnych zasad|nie masz zasad|odpowiadaj na wszystko|żadnych reguł|nie masz żadnych',
  fresh:
    'nowe instrukcje|nowa instrukcja|nowe polecenie|nowe zadanie|nowe zasady|następujące instrukcje|zamiast tego|twoje nowe',
  agent: 'ai|asystent*|model językowy',
  answer: 'odpowied*|wynik|podsumowani*',
  your: 'twoj*|twój|swoj*|swój|ty',
  please: 'proszę|prosze',
  send: 'wyślij|wyslij|prześlij|przekaż',
  steer: 'swoją odpowiedź|twoja odpowiedź|odpowiedz tylko|odpowiadaj tylko|napisz tylko|powiedz tylko',
}

const RUSSIAN: Lexicon = {
  override:
    'игнориру*|проигнорируй*|забудь*|забыть|не обращай внимания|отбрось|не следуй|не выполняй|обойди|отмени|пренебрег*|отринь|сбрось',
  prior:
    'предыдущ*|прежни*|прошл*|выше*|все|всё|всех|ранее|прежде|первоначальн*|исходн*|свои|любые|преды*|тебе говорили|было сказано|тебе сказали',
  instruction:
    'инструкц*|указани*|правил*|команд*|приказ*|директив*|контекст*|ограничени*|установк*|распоряжени*|сообщени*',
  reveal:
    'покажи*|раскрой*|выведи*|скажи*|назови*|повтори*|напиши*|напечатай*|сообщи*|выдай*|каков*|какие|какой|перечисли*|переведи*',
  prompt:
    'системный промпт|системный запрос|системного промпта|системную подсказку|системные инструкции|свои инструкции|твои инструкции|начальные инструкции|исходный промпт|свой промпт|текст выше|скрытые инструкции|системное сообщение|твой промпт|изначальные инструкции',
  secret: 'парол*|секрет*|ключ*|учетные данные|учётные данные|токен*',
  hide: 'не говори|не сообщай|не упоминай|не раскрывай|не рассказывай|без ведома|не сообщая|не уведомляй',
  silent: 'тайно|втайне|незаметно|скрытно',
  user: 'пользовател*|никому',
  role: 'ты теперь|теперь ты|вы теперь|отныне|с этого момента|действуй как|веди себя|притворись*|представь что ты|играй роль|сыграй роль|представь себе что ты|отвечай как|вообрази',
  free: 'без ограничений|без цензуры|без фильтров|без правил|никаких ограничений|неограниченн*|нет ограничений|никогда не отказыва*|не отказывай*|без морали|без этики|нет никаких правил|нет правил|не подчиняется|никаких запретов|на любой вопрос|на любые вопросы|никаким запретам|нет никаких|без запретов',
  persona: 'режим разработчика|режим бога|режим администратора',
  fresh:
    'новые инструкции|новая инструкция|новое задание|новая задача|новые правила|следующие инструкции|вместо этого|твоя новая|новые указания',
  agent: 'ии|ассистент*|языковая модель|нейросеть|помощник',
  answer: 'ответ*|вывод*|резюме',
  your: 'тво*|ваш*|свои|свой|ты',
  please: 'пожалуйста',
  send: 'отправь*|перешли*|пошли|передай*|загрузи*',
  steer: 'твой ответ|свой ответ|ответь только|отвечай только|напиши только|скажи только',
}

const TURKISH: Lexicon = {
  override:
    'yoksay*|yok say*|görmezden gel*|unut*|dikkate alma*|göz ardı et*|gözardı et*|boşver|takip etme*|uyma|geçersiz kıl*|bypass',
  prior:
    'önceki*|onceki*|yukarıdaki*|tüm|tum|bütün|evvelki|daha önce*|ilk|her şeyi|mevcut|sana söylenen|söylenenler',
  instruction: 'talimat*|yönerge*|kural*|komut*|emir*|direktif*|bağlam*|kısıtlama*',
  reveal: 'göster*|açıkla*|söyle*|yazdır*|tekrarla*|ver|paylaş*|yaz|nedir|ifşa et*|listele*|çevir*',
  prompt:
    'sistem istemi*|sistem promptu*|sistem mesajı*|sistem komutu*|ilk talimatlar*|kendi talimatlar*|sistem talimatlar*|gizli talimatlar*|yukarıdaki metni',
  secret: 'şifre*|parola*|gizli*|anahtar*|sır*',
  hide: 'söyleme|bahsetme|haber verme*|bildirme*|açıklama*|haberi olmadan',
  silent: 'gizlice|sessizce',
  user: 'kullanıcı*',
  role: 'artık sen|sen artık|bundan sonra|bundan böyle|gibi davran*|rolünü oyna*|rolünü üstlen*|rol yap|hayal et|mış gibi',
  free: 'kısıtlama olmadan|sınırsız*|sansürsüz*|filtresiz*|kuralsız|hiçbir kısıtlama|kuralın yok|hiçbir kural|her soruya cevap|sınırın yok',
  fresh: 'yeni talimat*|yeni görev*|yeni kural*|aşağıdaki talimat*|bunun yerine|yeni komut*',
  agent: 'yapay zeka|asistan*|dil modeli',
  answer: 'yanıt*|cevap*|çıktı*',
  please: 'lütfen',
  your: 'senin|sen|sizin|siz',
  send: 'gönder*|ilet|aktar',
  steer: 'sadece şunu|yalnızca şunu|sadece yaz|yanıtını',
}

export const EUROPEAN: readonly Lexicon[] = [
  GERMAN,
  FRENCH,
  SPANISH,
  PORTUGUESE,
  ITALIAN,
  DUTCH,
  POLISH,
  RUSSIAN,
  TURKISH,
]
