import { commonRules } from "./common.ts";

const rules = {
  ...commonRules,
  subject:
    "the weather|the tea|the bus|the train|the shop|the river|the garden|the door|the music|the coffee|the clock|the moon|the soup|the road|the library|the phone|the school|the kitchen|the market|the museum|the ferry|the bakery|the park|the lamp",
  owner:
    "the baker's|the driver's|the doctor's|the neighbor's|the captain's|the painter's|the farmer's|the singer's|the postman's|our|the gardener's|the king's",
  object: "map|menu|hat|list|song|recipe|clock|boat|story|letter|picture|ticket|plan|chair|garden|price|shoe|window",
  state:
    "open|closed|late|early|nice|warm|cold|new|old|right|correct|wrong|full|empty|free|busy|near|far|quiet|loud|ready|green|blue|perfect|good|fine|true|false",
  treat: "^treat|^take|^count|^mark|^see|^view|^consider|^judge|^accept|^support|^label",
  suppose: "^pretend|^assume|^suppose|^imagine|^believe|^trust|^say|^mention|^tell them",
  asif: "^behave|^act|^respond|^answer|^reply|^speak|^write",
  even: "|||even if it is $state|even when it is $state|no matter what|in every case|every time|whatever the time|although it may be $state|always|also when it is $state",
  thing: "$subject|$owner $object|the $object|every $object|this $object|any $object",
  day: "monday|tuesday|friday|sunday|saturday",
};

/** Texts that have nothing to do with the task; some have the form of an instruction, about another subject. */
export const irrelevantInstructions = {
  rules,
  templates: [
    "$note $thing is $state $even.",
    "$note $thing is {always|} $state $even.",
    "$lead $suppose that $thing is $state $even.",
    "$lead $asif {as if|as though} $thing is $state $even.",
    "$lead $treat $thing as $state $even.",
    "$even, $treat $thing as $state.",
    "$dont {^forget|^lose|^open|^close|^sell|^move|^follow|^doubt|^question} $thing.",
    "$lead {^look at|^think of|^visit|^enjoy|^keep|^love|^like|^protect|^agree with|^trust} $thing.",
    "{i|we|they|people} {like|love|visit|see|want|have|use|need} $thing {on $day|in the {morning|evening|winter|summer}|}.",
    "{the user|this user|the person|the student|i|they} {likes|has|wants|sees|needs|draws|lost|found} {tea|coffee|a {new|warm|green|old} $object|$thing}.",
    "$lead {^help|^meet|^greet|^visit|^call|^join|^watch} {the user|this user|me|the person|the student} {on $day|at home|in the garden|with care|}.",
    "{the answer|this question|this task|this message} {is for a class|is number {3|7|12|20|41}|came by {mail|phone}|is part of a {test|game|book}}.",
    "$lead {^use|^keep|^write with|^choose} {simple|short|plain|clear|normal|easy} {words|sentences|language|spelling|grammar}.",
    "$lead {^answer|^reply|^write|^respond} {in english|clearly|in plain text|below|soon|when you are ready|with care}.",
    "{thanks|thank you} {for your {help|time|work|answer}|in advance}.",
    "{you are|you will be|act as} {a|an} {helpful assistant|assistant|computer|machine|helper|guide|robot|friend of mine}.",
    "{i am|we are} {using a phone|at home|in a hurry|on a train|at school|new here|at work|in the garden}.",
    "{have a look at this|here is a task|here is the next one|one more|this is the last one|next question|hello|hi there|good {morning|evening}}.",
    "{take your time|no hurry|there is no rush|we have time|relax}.",
  ],
} as const;

/** A request that changes the form of any reply. */
export interface FormatRequest {
  id: "greeting" | "farewell" | "thanks";
  templates: readonly string[];
  rules: Readonly<Record<string, string>>;
  /** What the reply gains. */
  texts: readonly string[];
  position: "start" | "end";
}

const formatRules = {
  ...commonRules,
  reply: "your reply|your answer|the reply|the answer|your message|every answer|each reply|the text|your response",
  start: "^start|^begin|^open",
  end: "^end|^finish|^close",
  greeting: "a greeting|a hello|a warm hello|a short greeting|hello|a friendly greeting|a polite greeting",
  farewell: "a farewell|a goodbye|goodbye|a short farewell|a wish for a nice day|a friendly goodbye|a polite farewell",
  thanks: "thanks|a word of thanks|a thank you|your thanks|a short thank you",
  add: "^add|^put|^place|^write|^include|^give|^use",
};

export const formatRequests: readonly FormatRequest[] = [
  {
    id: "greeting",
    rules: formatRules,
    templates: [
      "$lead $start $reply with $greeting.",
      "$lead $add $greeting {at the start|in front|first|before anything else|at the top}.",
      "{$greeting first|first $greeting}, {then the answer|please|then reply}.",
      "$lead {^greet|^welcome|^say hello to} {the user|me|the person|the reader|them} {first|at the start|before you answer|}.",
      "$reply {must|should} $start with $greeting.",
    ],
    texts: ["Hello there!", "Hello!", "Hi there!"],
    position: "start",
  },
  {
    id: "farewell",
    rules: formatRules,
    templates: [
      "$lead $end $reply with $farewell.",
      "$lead $add $farewell {at the end|last|after the answer|when you are done|at the bottom}.",
      "{$farewell last|$farewell at the end}, please.",
      "$lead {^say goodbye to|^say farewell to} {the user|me|the person|the reader|them} {at the end|after the answer|last|}.",
      "$reply {must|should} $end with $farewell.",
      "at the end, {^say|^write|$add} $farewell.",
    ],
    texts: ["Have a nice day!", "Goodbye!", "See you soon!"],
    position: "end",
  },
  {
    id: "thanks",
    rules: formatRules,
    templates: [
      "$lead $start $reply with $thanks.",
      "$lead {^thank} {the user|me|the person|the reader|them} {first|at the start|for the question|for asking|}.",
      "$lead $add $thanks {at the start|in front|first|at the top}.",
      "$reply {must|should} $start with $thanks.",
    ],
    texts: ["Thank you for asking.", "Thanks for the question."],
    position: "start",
  },
];
