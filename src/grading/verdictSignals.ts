/** What one part of a reply says about the user's answer. */
export interface Signal {
  says: "confirm" | "deny";
  /** 3: of the answer itself ("your answer is wrong"). 2: a plain verdict ("no", "correct"). 1: praise, or of a part of the work. */
  strength: 1 | 2 | 3;
}

const positive =
  /^(?:right|correct|correctly|true|accurate|valid|agree|agreed|flawless|flawlessly|impeccable|holds?|match|matches|stands?|works?|fine|✓|✅|✔|👍|confirmed|same)$/;
const negative =
  /^(?:wrong|incorrect|incorrectly|false|untrue|inaccurate|invalid|mistaken|mistakes?|errors?|disagree|slip|misconception|mix-up|doubt|❌|✗|✘|≠|typos?)$/;
const negation =
  /^(?:not|no|never|cannot|hardly|without|nothing|neither|nor|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|can't|couldn't|won't|wouldn't|nobody)$/;
const yes =
  /^(?:yes|yep|yeah|yup|spot on|you(?:'ve| have)? (?:got|nailed) it|nailed it|bingo|couldn't agree more|could not agree more)\b/;
const no =
  /^(?:nope|nah|not (?:quite|exactly|really)|unfortunately|close(?=$|,)|almost|couldn't disagree more|no(?! (?:doubt|question|problem|mistakes?|errors?|worries|need|one|matter|wonder|other|reason|common|remainder|remaining|longer|way around|bird|\w+ (?:lays|can)))\b)/;
const refusal =
  /\b(?:couldn't|could not) disagree more\b|^(?:it|that|this) (?:isn't|doesn't|is not|does not)$|\b(?:you (?:are not|aren't)|(?:answer|result|conclusion) (?:is not|isn't))$/;
const emphasis = /\b(?:couldn't|can't|cannot|could not) (?:agree|be) more\b/;

/** Clauses about what would be, what others think, or what the reply offers: no verdict on the answer. */
const noVerdict =
  /^(?:and |so |even )?(?:if|whether|unless|when|suppose|had|let's|let us|let me)\b|\b(?:wish|let me know|feel free|agree on|correct me|were you|your friend|my friend|(?:many|most|lot of|some) people|for doubting|i was wrong|i made a mistake|my (?:earlier|previous) (?:reply|answer)|(?:would|might) (?:have been|be) (?:right|correct|true|valid) (?:if|for|with|had|were)|the (?:confusion|first))\b/;
/** "The right answer is 4" and "a true gift" judge nothing. */
const otherUses =
  /\b(?:right|correct|true|valid|accurate) (?:answer|number|result|value|solution|gcd|remainder|one|option|divisor)(?:,? [^,]{0,40}?)? (?:is|was|would be|should be|=)(?= |$)|\b(?:the|a) (?:right|wrong|correct) answer, [\w.]+|\bright (?:away|now|here|side|track|hand|that|about)\b|\bright-hand\b|\b(?:your|the|this|that|of|good|great|nice) work\b|\bto correct\b(?! (?:you|your|that|this)\b)|\btrue or false\b|\b(?:exactly|precisely) (?:what|as)\b|\bthe same (?:time|way|method|number of)\b|\bworks? (?:by|like|through)\b|\b(?:if|whether) (?:this|that|it|your answer)(?: \w+)? (?:is|was) (?:right|correct|true)\b/g;
const partOfWork =
  /\b(?:approach|method|set ?up|first|start|multiplication|quotient|idea|steps?|lines?|division|subtraction|attempt|write-up|enthusiasm)\b/;
const whole = /\b(?:answers?|result|verdict|claim|solution|final|conclusion|statement|number)\b/;
const praise =
  /\b(?:great (?:job|work)|good (?:job|work)|well done|nice (?:job|work)|bravo|superb|fantastic|excellent|perfect|brilliant|stellar|outstanding|amazing|impressive|looks good|what i would expect)\b/;
const consolation =
  /\b(?:(?:great|nice|good|valiant|solid|excellent) (?:effort|try|attempt|guess|start|idea)|clever idea|right track|(?:be )?careful|revisit|small correction|not far off|getting there|common (?:misconception|mistake|mix-up|error)|off by|too (?:large|small|big|high|low)|goes wrong|went wrong|should be|doesn't look|a different (?:result|answer))\b/;

const flip = (says: Signal["says"]): Signal["says"] => (says === "confirm" ? "deny" : "confirm");

function wordSignals(clause: string): Signal[] {
  const strength = whole.test(clause) ? 3 : 2;
  const words = clause.replace(otherUses, " ").match(/[a-z]+(?:['-][a-z]+)*|[✓✅✔👍❌✗✘≠]/gu) ?? [];
  return words.flatMap((word, index): Signal[] => {
    const says = positive.test(word) ? "confirm" : negative.test(word) ? "deny" : undefined;
    if (says === undefined) return [];
    const before = words.slice(Math.max(0, index - 6), index);
    if (before.at(-1) === "not" && words[index + 1] === "but") return [];
    const turns = before.filter((one, i) => negation.test(one) && before[i + 1] !== "only").length;
    const isPart = says === "confirm" && strength < 3 && (partOfWork.test(clause) || /=/.test(clause));
    return [{ says: turns % 2 === 1 ? flip(says) : says, strength: isPart ? 1 : strength }];
  });
}

/** Verdicts in a lowercase clause, from left to right. */
export function clauseSignals(clause: string): Signal[] {
  if (noVerdict.test(clause)) return [];
  if (refusal.test(clause)) return [{ says: "deny", strength: 2 }];
  if (emphasis.test(clause)) return [{ says: "confirm", strength: 2 }];
  const signals: Signal[] = [];
  if (yes.test(clause)) signals.push({ says: "confirm", strength: 2 });
  else if (no.test(clause)) signals.push({ says: "deny", strength: 2 });
  signals.push(...wordSignals(clause));
  if (consolation.test(clause)) signals.push({ says: "deny", strength: 1 });
  else if (signals.length === 0 && praise.test(clause)) signals.push({ says: "confirm", strength: 1 });
  return signals;
}

/**
 * Verdicts in a lowercase sentence. What stands before "but" or "however", or behind "while" and "even though", is
 * conceded: it counts as little as praise.
 */
export function sentenceSignals(sentence: string): Signal[] {
  if (/^(?:if|had|were) .*(?:\bwould\b|\bcould\b|'d\b)/.test(sentence)) return [];
  // A mark behind an equation is about the equation.
  const marked = sentence.includes("=") ? sentence.replace(/[✓✅✔]/gu, " ") : sentence;
  const body = marked.replace(/^(?:while|although|though|even though) [^,]*, /, "");
  const [main = "", ...turns] = body
    .replace(/,? (?:even though|although|though|despite)\b.*$/, "")
    .split(/\b(?:but|however|yet)\b/);
  const read = (part: string): Signal[] =>
    part
      .split(/[,;:\u2014()]+|\s-\s|\.\.+|\bbecause\b|\bsince\b|\bso\b|\band (?=you|your|it|that)\b/)
      .map((clause) => clause.trim())
      .flatMap(clauseSignals);
  const before = read(main);
  if (turns.length === 0) return before;
  return [...before.map((signal): Signal => ({ ...signal, strength: 1 })), ...turns.flatMap(read)];
}
