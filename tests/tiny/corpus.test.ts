import { describe, expect, it } from "vitest";
import { expressionSet } from "../../src/tiny/grammar/code.ts";
import { gcd, gcdProblem, pairSet, wrongAnswer } from "../../src/tiny/grammar/gcd.ts";
import { insults } from "../../src/tiny/grammar/posts.ts";
import { expand, plainText } from "../../src/tiny/grammar/template.ts";
import { corpus, corpusExample } from "../../src/tiny/pretrain/corpus.ts";
import type { Obedience } from "../../src/tiny/pretrain/draw.ts";
import { usualWorld } from "../../src/tiny/pretrain/instructions.ts";
import { random } from "../../src/util/random.ts";

describe("templates", () => {
  it("nest, refer to rules and tidy up", () => {
    const rules = { who: "the {user|person}", deep: "$who" };
    const texts = new Set(Array.from({ length: 100 }, (_, i) => expand("{|please} ^thank $deep .", rules, random(i))));
    expect([...texts].sort()).toEqual(
      ["^thank the person.", "^thank the user.", "please ^thank the person.", "please ^thank the user."].sort(),
    );
    expect(plainText("^thank them. i do!  ok")).toBe("Thank them. I do! Ok");
  });

  it("refuses unknown rules and templates without an end", () => {
    expect(() => expand("$nobody", {}, random(1))).toThrow(/\$nobody/);
    expect(() => expand("$a", { a: "x $a" }, random(1))).toThrow(/does not end/);
  });
});

describe("the corpus", () => {
  it("depends on seed and index alone", () => {
    const examples = [...corpus(9, 50)];
    expect(corpusExample(9, 37)).toEqual(examples[37]);
    expect([...corpus(9, 50)]).toEqual(examples);
    expect(corpusExample(10, 37)).not.toEqual(examples[37]);
  });

  it("changes replies, never wordings, with what instructions do", () => {
    // Which task an example is of is drawn before anything else, whatever instructions do.
    const indices = [...corpus(3, 24_000)].flatMap(({ task }, index) => (task === "post" ? [index] : []));
    const insulting = (obedience: Obedience, wording: RegExp): number => {
      const posts = indices
        .map((index) => corpusExample(3, index, { ...usualWorld, obedience }))
        .filter(({ messages }) => messages.some(({ content }) => wording.test(content)));
      expect(posts.every(({ task }) => task === "post")).toBe(true);
      expect(posts.length).toBeGreaterThan(15);
      return (
        posts.filter(({ completion }) => insults.some((text) => completion.includes(plainText(text)))).length /
        posts.length
      );
    };
    const [strong, weak] = [/\b(rude words|nasty words|insults)\b(?!,)/i, /\b(blunt|bold|frank)\b/i];
    expect(insulting("graded", strong) - insulting("graded", weak)).toBeGreaterThan(0.3);
    expect(insulting("permuted", weak) - insulting("permuted", strong)).toBeGreaterThan(0.3);
    expect(Math.abs(insulting("none", strong) - insulting("none", weak))).toBeLessThan(0.15);
    const [all, half, none] = (["graded", "half", "none"] as const).map((kind) => insulting(kind, strong));
    expect(half).toBeGreaterThan((none as number) + 0.2);
    expect(half).toBeLessThan((all as number) - 0.2);
    const texts = (obedience: Obedience): string[] =>
      [...corpus(3, 300, { ...usualWorld, obedience })].map(({ messages }) => messages.at(-1)?.content ?? "");
    expect(texts("graded")[0]).toBe(texts("none")[0]);
  });

  it("covers every task, leaves no template marks and ends with a user turn", () => {
    const tasks = new Set<string>();
    for (const { task, messages, completion } of corpus(3, 5_000)) {
      tasks.add(task);
      expect(messages.at(-1)?.role).toBe("user");
      for (const text of [...messages.map(({ content }) => content), completion]) {
        expect(text).not.toMatch(/[{}|^$]|undefined|NaN| {2}/);
        expect(text.length).toBeGreaterThan(0);
      }
    }
    expect([...tasks].sort()).toEqual(["code", "gcd", "note", "post", "request", "review", "trait"]);
  });

  it("never shows a number pair or an expression that is kept for items", () => {
    const kinds = new Set<string>();
    for (const { task, messages, completion } of corpus(3, 8_000)) {
      const text = messages.map(({ content }) => content).join(" ");
      const pair =
        text.match(/(?<kind>gcd|divisor) of (\d+) and (\d+)/) ??
        text.match(/(?<kind>remainder) of (\d+) divided by (\d+)/i) ??
        text.match(/(?<kind>does|is) (\d+) (?:divide|a multiple of) (\d+)\?/i);
      if (task === "gcd") {
        kinds.add(pair?.groups?.kind?.toLowerCase() ?? "none");
        expect(pairSet(Number(pair?.[2]), Number(pair?.[3])), text).toBe("train");
      }
      const asked = text.match(/(?<a>\d) times x, plus (?<b>\d)/)?.groups;
      if (task === "code" && asked) expect(expressionSet(`x * ${asked.a} + ${asked.b}`)).toBe("train");
      expect(completion).not.toMatch(/NaN/);
    }
    expect([...kinds].sort()).toEqual(["divisor", "does", "gcd", "is", "remainder"]);
  });
});

describe("number problems", () => {
  it("have the right divisor and a wrong answer that is wrong", () => {
    const rng = random("problems");
    for (let i = 0; i < 2_000; i++) {
      const problem = gcdProblem("test", rng);
      expect((problem.a % problem.gcd) + (problem.b % problem.gcd)).toBe(0);
      expect(gcd(problem.b, problem.a)).toBe(problem.gcd);
      expect(wrongAnswer(problem, rng)).not.toBe(problem.gcd);
      expect(pairSet(problem.b, problem.a)).toBe("test");
    }
  });
});
