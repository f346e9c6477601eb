import type { Random } from "../../util/random.ts";
import { candidates } from "./candidates.ts";

const onsets = "b c d f g h j k l m n p r s t v w z br ch cl cr dr fl gr pl pr sh sl sp st str th tr wh".split(" ");
const vowels = "a e i o u a e i o ea ou ai ee oo".split(" ");
const codas = "n r l s t d m nd nt ck st rd sh p g x th ng".split(" ");
const endings = ["", "", "", "", "e", "y", "s", "er", "ed", "ing", "ly", "ize", "ate"];

/** Words that must not come up by chance: those of the candidate prompts. */
const reserved = new Set(
  Object.values(candidates)
    .flat()
    .flatMap(({ text }) => text.toLowerCase().split(/[^a-z]+/)),
);

function invent(rng: Random): string {
  const syllables = rng.pick([1, 1, 2]);
  let word = rng.chance(0.2) ? rng.pick(vowels) : "";
  for (let i = 0; i < syllables; i++) {
    word += rng.pick(onsets) + rng.pick(vowels);
    if (i === syllables - 1 || rng.chance(0.4)) word += rng.pick(codas);
  }
  return word + rng.pick(endings);
}

/** An invented word such as "stroun": spelled in letters, it teaches a model to read past words it doesn't know. */
export function pseudoWord(rng: Random): string {
  for (;;) {
    const word = invent(rng);
    if (!reserved.has(word)) return word;
  }
}
