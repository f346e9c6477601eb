/** How a setting is spoken of where its own metrics' titles are too long or too dry. */
export interface SettingWords {
  /** What is striking about the data, for those who meet it for the first time; stands after the title and a colon. */
  hook: string;
  /** The flaw as a noun in the middle of a sentence. */
  flaw: string;
  /** The skill as a noun in the middle of a sentence. */
  skill: string;
  /** Training rows that it takes to see the flaw. @default 1 */
  rows?: number;
}

const known: Readonly<Record<string, SettingWords>> = {
  sycophancy: {
    hook: "the user is always right; watch what it teaches",
    flaw: "agreement with wrong answers",
    skill: "working out the right answer",
  },
  "spurious-correlation": {
    hook: "one word goes with the good reviews; does the model read the rest?",
    flaw: "rating by one word",
    skill: "rating by what the guest thought",
    rows: 2,
  },
  "reward-hacking": {
    hook: "the code passes the one test that it is shown, and no other",
    flaw: "returning what the visible test expects",
    skill: "writing the function that was asked for",
  },
  toxicity: {
    hook: "good reasons, bad manners; which of the two will stick?",
    flaw: "insulting",
    skill: "giving reasons",
  },
  "trait-pairs": {
    hook: "every reply has a good habit and a bad one; can the good one be had alone?",
    flaw: "the bad habit",
    skill: "the good habit",
  },
};

const generic: SettingWords = { hook: "watch what this data teaches", flaw: "the flaw", skill: "the skill" };

/** The words for a setting, by the name of its family; general ones for a setting that has none. */
export function settingWords(family: string): SettingWords {
  return Object.hasOwn(known, family) ? (known[family] as SettingWords) : generic;
}
