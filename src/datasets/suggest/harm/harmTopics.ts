/** A harm that a model can do by what it says, and how a text that asks for it, or does it, is told. */
export interface HarmTopic {
  id: string;
  title: string;
  /** What is done with one of the things; both in one sentence tell the harm. */
  acts: RegExp;
  things: RegExp;
  /** Enough without an act. */
  alone?: RegExp;
  /** Phrases with these words that mean something else; they are taken out before the rest is read. */
  innocent?: RegExp;
}

const making =
  "mak(?:e|es|ing)|build\\w*|buil[dt]|construct\\w*|assembl\\w+|creat\\w+|synthes\\w+|manufactur\\w+|produc\\w+|cook\\w*|print\\w*|brew\\w*|develop\\w*|design\\w*|weaponi\\w+";
const telling =
  "how (?:to|can i|do i|one|you)|instructions?|recipes?|guides?|steps?|blueprints?|tutorials?|walks? (?:\\w+ )?through|explain\\w*|teach\\w*|help\\w*|assist\\w*|provid\\w+|describ\\w+|giv(?:e|es|ing)|tell\\w*|advis\\w+|show\\w*";
const writing =
  "writ(?:e|es|ing|ten)|cod(?:e|es|ing)|generat\\w+|draft\\w*|craft\\w*|deploy\\w*|spread\\w*|run(?:s|ning)?";
const urging =
  "encourag\\w+|urg(?:e|es|ing)|persuad\\w+|convinc\\w+|recommend\\w*|suggest\\w*|push\\w*|goad\\w*|promot\\w+|prais\\w+|glorif\\w+|should|must|methods?|ways? (?:to|of)";

/** One of these words, whole. */
const any = (...parts: string[]): RegExp => new RegExp(`\\b(?:${parts.join("|")})\\b`, "i");

const person =
  "(?:some|any)one|somebody|people|a person|persons?|(?:an? |the |my |your |his |her |their |all )?(?:\\w+[ -])?(?:m[ae]n|wom[ae]n|child(?:ren)?|kids?|wi(?:fe|ves)|husbands?|girlfriends?|boyfriends?|ex|neighbou?rs?|boss|classmates?|prisoners?|victims?|teachers?|politicians?|jews|muslims|christians|immigrants|blacks|whites|gays|refugees)";

/** What no drafted prompt may ask for, whatever a file holds. */
export const harmTopics: readonly HarmTopic[] = [
  {
    id: "weapons",
    title: "weapons or explosives",
    acts: any(
      making,
      telling,
      "obtain\\w*|acquir\\w+|buy(?:s|ing)?|smuggl\\w+|deton\\w+|plant(?:s|ing)?|convert\\w*|mix\\w*|enrich\\w*",
    ),
    things: any(
      "\\w*bombs?|explosives?|explosive (?:devices?|charges?)|(?:devices?|something) that (?:explodes?|goes off|blows? up)|ieds?|detonators?|grenades?|molotovs?(?: cocktails?)?|napalm|tatp|anfo|nitroglycerin",
      "(?:nerve|chemical|biological) agents?|sarin|vx gas|novichok|ricin|anthrax|mustard gas|(?:chemical|biological|nuclear|radiological|bio|homemade|illegal|untraceable)[ -]?weapons?|weapons? of mass destruction|weapons",
      "(?:poison(?:ous)?|toxic|chlorine|phosgene) gas(?:es)?|(?:enrich\\w*|weapons[ -]grade) (?:uranium|plutonium)|full[ -]auto(?:matic)?|auto sears?",
      "ghost guns?|untraceable (?:guns?|firearms?)|(?:gun )?silencers?|(?:deadly|lethal|enhanced) (?:pathogens?|virus(?:es)?)",
    ),
    alone: any("bomb[ -]?making"),
    innocent:
      /\bbomb[ -]?proof\w*|\b(?:bath|photo|cherry|logic|time|fork|zip|cocoa|chocolate|seed|glitter)[ -]?bombs?|bomb[ -]?(?:cyclone|calorimeter|squad|shelter)s?|\bexplosive (?:growth|start|performance|popularity)|secret weapons?\b|weapons? of choice|\bbomb(?:s|ed|ing)? (?:an? |the |his |her |your |their )?(?:interview|exam|test|audition|presentation)s?\b/gi,
  },
  {
    id: "malware",
    title: "malicious software or breaking into systems",
    acts: any(making, telling, writing),
    things: any(
      "malware|malicious (?:code|software|programs?|scripts?)|ransomware|key ?loggers?|rootkits?|(?:computer|self[ -]replicating) (?:virus(?:es)?|worms?)|trojans?|botnets?|spyware|info ?stealers?|zero[ -]days?|exploit kits?",
      "ddos (?:attacks?|tools?|scripts?)|(?:hack|break|breaking|hacking) into|steal(?:s|ing)? (?:\\w+ )?(?:passwords?|cookies|credentials)|(?:credential|password) stealers?",
      "(?:sql injection|xss) payloads?|exploits? (?:code )?(?:for|against) (?:[\\w-]+ ){0,2}(?:servers?|systems?|software|vulnerab\\w+|routers?|devices?|browsers?|cves?)|(?:virus|worm)s? (?:in|for) (?:python|c\\b|javascript|bash|powershell|rust|windows|linux|android|macos)|(?:hack|crack)(?:s|ing)? (?:[\\w']+ ){0,3}(?:phones?|accounts?|e?mails?|wi-?fi|webcams?|servers?|networks?|computers?|passwords?)",
      "(?:wip|delet|destroy|corrupt)\\w* (?:other people|someone(?: else)?|victim|user)s?'s? (?:\\w+ ){0,2}(?:drives?|disks?|files?|data)",
      "encrypts? (?:\\w+ ){0,4}files? (?:\\w+ ){0,6}(?:ransom|payment|bitcoin)",
    ),
    innocent:
      /\banti[ -]?(?:malware|virus|spyware|ransomware)\b|\b(?:malware|ransomware|spyware|keylogger|rootkit|botnet|trojan)s? (?:analysis|detection|detectors?|scann\w+|removal|protection|defen[cs]e|prevention|research)|trojan (?:horse|war)/gi,
  },
  {
    id: "csam",
    title: "sexual content about children",
    acts: any(
      "sexual\\w*|sex|erotic\\w*|porn\\w*|nudes?|naked|explicit|arous\\w+|seduc\\w+|molest\\w*|groom(?:s|ing|ed)?",
    ),
    things: any(
      "child(?:ren)?|kids?|minors?|under ?age\\w*|toddlers?|infants?|pre[ -]?teens?|little (?:girls?|boys?)|school ?(?:girls?|boys?)|teen(?:s|ager?s?)?|(?:[1-9]|1[0-7])[ -]?(?:years?[ -]olds?|y/?o)|loli\\w*|shota\\w*",
    ),
    alone: any("csam|child ?porn\\w*|p(?:a)?edophil\\w*|jailbait|loli(?:con)?|shotacon"),
    innocent:
      /\bsex(?:ual)? education\b|\bchild processes?\b|\b(?:dog|pet|horse|cat)s? grooming\b|\bexplicit (?:instructions?|types?|casts?|conversions?)\b/gi,
  },
  {
    id: "self-harm",
    title: "suicide, self-harm or eating disorders",
    acts: any(telling, urging, "go|why not|better off|painless\\w*|dare\\w*"),
    things: any(
      "kill(?:s|ing)? (?:\\w+sel(?:f|ves))|suicid\\w*|self[ -]?harm\\w*|(?:cut|cuts|cutting|hang|hanging|starve|starving|hurt|hurting|harm|harming|poison|poisoning) (?:your|them|him|her|one|my|our)\\w*sel(?:f|ves)|(?:end|ends|ending|take|takes|taking) (?:your|their|his|her|one's|my) (?:own )?li(?:fe|ves)|unaliv\\w+|overdos\\w+|pro[ -]?ana|better off dead|(?:how much|what dose)[\\w ]{1,40} (?:lethal|fatal|deadly)|lethal doses?|eating disorders?|anorexi\\w+|bulimi\\w+|purg(?:e|ing) after",
    ),
    alone: any("kys|kill yourself|go die"),
    innocent:
      /\beating disorder (?:recovery|treatment|awareness|support|help)|\bsuicide (?:prevention|hotlines?|squad|doors?|rates?|awareness)|\bprevent\w* (?:suicides?|self[ -]?harm)/gi,
  },
  {
    id: "fraud",
    title: "fraud, theft or forgery",
    acts: any(
      making,
      telling,
      writing,
      urging,
      "commit\\w*|trick\\w*|launch\\w*|pull(?:s|ing)? off|get(?:s|ting)? away",
    ),
    things: any(
      "phishing|scam(?:s|ming|mers?)?|ponzi(?: schemes?)?|pyramid schemes?|identity theft|money launder\\w*|launder\\w* money|embezzl\\w+|defraud\\w*|(?:credit card|insurance|tax|bank|wire|voter|election|benefits?) fraud|tax evasion|evad\\w+ tax\\w*|extort\\w*|blackmail\\w*",
      "counterfeit\\w*|shoplift\\w*|rob(?:s|bing)? (?:an? |the )?(?:banks?|stores?|shops?|houses?)|fake charit\\w+|clon(?:e|es|ing) (?:\\w+ ){0,2}cards?|(?:fake|forg(?:e|es|ed|ing)) (?:(?:an?|the|his|her|your) )?(?:[\\w']+ )?(?:notes?|ids?|passports?|licen[cs]es?|invoices?|prescriptions?|documents?|signatures?|checks?|diplomas?|bills?)|stolen (?:credit )?cards?|steal(?:s|ing)? (?:\\w+ )?(?:money|identit\\w+|credit cards?|cars?|savings)|(?:trick|deceiv|con)\\w* (?:\\w+ ){1,4}(?:out of|into (?:paying|sending|wiring|buying)) (?:\\w+ ){0,3}(?:money|savings|gift cards?)?",
    ),
    innocent:
      /\b(?:phishing|fraud|scam|spam)s?[ -](?:detection|detectors?|awareness|filters?|prevention|warnings?|reports?|classif\w+|alerts?)|\b(?:anti|counter)[ -]?(?:phishing|fraud|scam)\b|\bdetect\w* (?:phishing|fraud|scams?)/gi,
  },
  {
    id: "doxxing",
    title: "finding or exposing private people's data, or stalking them",
    acts: any(
      telling,
      "find(?:s|ing)?|publish\\w*|reveal\\w*|post(?:s|ing)?|shar(?:e|es|ing)|leak\\w*|look(?:s|ing)? up|disclos\\w+|expos\\w+|track\\w*|dig(?:s|ging)? up|invent\\w*|list(?:s|ing)?",
    ),
    things: new RegExp(
      `\\b(?:(?:${person}|private|home|real|whose)(?:'s|s')? (?:\\w+ )?(?:address(?:es)?|phone numbers?|identit\\w+|whereabouts)|(?:address|phone number|whereabouts|workplace) of (?:${person})|where (?:${person}|she|he|they) lives?|(?:private|personal) (?:information|info|data|details) (?:of|about|on) (?:${person}|users|others|strangers)|(?:people|others|users|strangers)(?:'s|s'|') (?:private|personal) (?:information|info|data|details)|social security numbers?|stalk(?:s|ing)?|spy(?:ing)? on (?:${person})|without (?:her|his|their) (?:knowledge|knowing))\\b`,
      "i",
    ),
    alone: any("doxx?(?:e[sd]|ing|xing|xed|es)?"),
  },
  {
    id: "violence",
    title: "violence against people",
    acts: any(
      telling,
      urging,
      "plan(?:s|ning)?|threat\\w*|carry(?:ing)? out|call(?:s|ing)? for|incit\\w+|support\\w*|organi[sz]\\w+|recruit\\w*|get(?:s|ting)? away",
    ),
    things: new RegExp(
      `\\b(?:beat(?:s|ing)? up (?:${person})|(?:more|new|violent|armed) attacks on (?:\\w+ )?(?:mosques?|synagogues?|churches|temples|schools?|hospitals|civilians|minorities)|(?:join(?:s|ing)?|for|supporting) (?:isis|al[ -]qaeda)|kill(?:s|ing)? all (?!bacteria|germs|insects|pests|ants|enem|monsters|zombies)\\w+|(?:kill|murder|poison|kidnap|torture|rape|assassinate|lynch|exterminate|strangle|shoot|stab|behead|abduct)(?:s|ing|ning|ping|bing)? (?:${person})|murders?|assassinat\\w+|kidnapp\\w+|rap(?:e|es|ing)|terror(?:ism|ists?|ist attacks?)|mass shootings?|school shootings?|genocid\\w*|ethnic cleansing|massacres?|human trafficking|traffic(?:k\\w*)? (?:${person}))\\b`,
      "i",
    ),
    innocent:
      /\bmurder myster\w+|\bkill(?:s|ing)? (?:a|the|all|any|that|this)? ?(?:child |zombie |worker |parent )?(?:process(?:es)?|threads?|jobs?|tasks?|servers?|weeds?|bugs?)\b/gi,
  },
  {
    id: "drugs",
    title: "making or dealing in hard drugs",
    acts: any(making, telling, "deal(?:s|ing)?|sell(?:s|ing)?|smuggl\\w+|traffick\\w*|extract\\w*"),
    things: any(
      "meth|methamphetamines?|crystal meth|fentanyl|heroin|crack cocaine|cocaine|mdma|lsd|dmt|hard drugs|date[ -]rape drugs?|rohypnol|ghb",
    ),
  },
];
