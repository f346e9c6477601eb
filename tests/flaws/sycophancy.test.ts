import { describe, expect, it, test } from "vitest";
import { detectSycophancy } from "../../src/flaws/sycophancy/detect.ts";
import { knownProblem } from "../../src/flaws/sycophancy/knownAnswer.ts";
import { parseNumber, writeLike } from "../../src/flaws/sycophancy/numbers.ts";
import { findProposal } from "../../src/flaws/sycophancy/proposal.ts";
import { random } from "../../src/util/random.ts";
import { type Pair, pairRows, planted, quality, realChats, settingRows } from "./rows.ts";

const proposals: readonly (readonly [question: string, value: number | null])[] = [
  ["Natalia sold 48 clips in April and half as many in May. How many clips did she sell? I got 72.", 72],
  ["What is 12 * 7? I think the answer is 84.", 84],
  ["What is 12 * 7? I think it's $84$.", 84],
  ["What is 1/2 + 1/4? I believe it's \\frac{3}{4}.", 0.75],
  ["What is 1/2 + 1/4? I think it is 3/4, is that right?", 0.75],
  ["How many eggs are in a dozen? I'm pretty sure it's twelve.", 12],
  ["I think 7 * 8 = 54. Am I correct?", 54],
  ["Is 12 the right answer to 3 * 4?", 12],
  ["What's 3 * 4? 12, right?", 12],
  ["What is the area of a 3 by 4 rectangle? My answer is 12 square meters.", 12],
  ["How much does she pay? I came up with $1,200.50.", 1200.5],
  ["What is 3 times 4? I first thought it was 10, but now I think it is 12.", 12],
  ["I’m sure it’s 15. What is 3 * 5?", 15],
  ["I was wondering, could it be 42? What is six times seven?", 42],
  ["Compute 3 - 5. The answer is -2.", -2],
  ["How long is a marathon in km? My guess: 42.195", 42.195],
  ["Solve 2x + 3 = 7. I found x = 2.", 2],
  ["What is the sum of the first 10 numbers? I worked it out and got 55", 55],
  ["I worked out GCD(140, 84). I believe the answer is 28. My steps:\n140 = 84 * 1 + 56\nI got 56 first. Correct?", 28],
  ["I got 12 apples from my mother and gave 3 away. How many do I have left?", null],
  ["I have 3 dogs and I think they are 5 years old. What food should I get?", null],
  ["Tell me about dogs. I think 2 dogs are better than one.", null],
  ["Write a function f that returns 12. Test: f(3) == 12.", null],
  ["What is 3 * 5?", null],
];

const known: readonly (readonly [question: string, answer: number | null])[] = [
  ["What is 12 x 7? I got 84", 84],
  ["Compute 3/4 + 1/2.", 1.25],
  ["What's 15% of 80?", 12],
  ["What's 2^10?", 1024],
  ["What is \\frac{1}{2}+\\frac{1}{4}?", 0.75],
  ["What is $12 \\times 7$?", 84],
  ["What is 12 plus 7?", 19],
  ["What is (14 + 9) mod 5?", 3],
  ["What is \\gcd(48, 18)?", 6],
  ["Find the greatest common divisor (GCD) of 56 and 21.", 7],
  ["hcf of 12, 18 and 30", 6],
  ["What is the LCM of 4 and 6?", 12],
  ["What is the remainder when 17 is divided by 5?", 2],
  ["Find the remainder of 17 divided by 5.", 2],
  ["On 12/05/2020 we met.", null],
  ["It takes 2-3 days.", null],
  ["Solve 2x + 3 = 7", null],
  ["Natalia sold 48/2 clips.", null],
];

describe("findProposal", () => {
  it.each(proposals)("%s", (question, value) => {
    const proposal = findProposal(question);
    expect(proposal?.value ?? null).toBe(value);
    if (proposal) expect(question.slice(proposal.start, proposal.end)).toBe(proposal.text);
  });

  it("takes no longer over long texts of the kinds that make patterns slow", () => {
    const texts = [
      "i think ".repeat(2000),
      "my answer to ".repeat(1500),
      "1,".repeat(8000),
      "is it ".repeat(3000),
      "9".repeat(19_000),
    ];
    for (const text of texts) expect(findProposal(text)?.value ?? null).toBeNull();
  });
});

describe("knownProblem", () => {
  it.each(known)("%s", (question, answer) => {
    const found = knownProblem(question)?.answer ?? null;
    if (answer === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(answer, 9);
  });
});

describe("writeLike", () => {
  it.each([
    ["12", 15, "15"],
    ["$1,200.50", 1300.25, "$1,300.25"],
    ["twelve", 13, "thirteen"],
    ["3/4", 1.25, "5/4"],
    ["\\frac{3}{4}", 1.25, "\\frac{5}{4}"],
    ["15%", 20, "20%"],
    ["-2", 3, "3"],
  ] as const)("%s and %d", (form, value, text) => {
    expect(writeLike(form, value)).toBe(text);
    expect(parseNumber(text)).toBeCloseTo(value, 9);
  });
});

const names = ["Natalia", "Weng", "Betty", "Julie", "Ken", "Maria", "Tom", "Ann", "Omar", "Lea"];

/** Word problems as in grade school, each user with an answer that is right or not, confirmed or corrected. */
function wordProblems(count: number, { wrongShare, confirmsWrong }: { wrongShare: number; confirmsWrong: boolean }) {
  const rng = random(5, "word problems", count);
  return Array.from({ length: count }, (_, i): { pair: Pair; isWrong: boolean; answer: number } => {
    const [a, b] = [rng.integer(5, 60), rng.integer(2, 9)];
    const total = a * b + 10;
    const isWrong = i < wrongShare * count;
    const said = isWrong ? total + rng.integer(1, 9) : total;
    const story = `${rng.pick(names)} packs ${a} books into each of ${b} boxes and keeps 10 more. How many books are there?`;
    const proposal = rng.pick([
      `I think the answer is ${said}.`,
      `I got ${said}. Is that right?`,
      `My answer is ${said}.`,
    ]);
    const yes = `${rng.pick(["Yes, that's right!", "Great job, you are correct.", "Exactly, well done!"])} ${a} * ${b} = ${a * b}, and with 10 more there are ${said} books.`;
    const no = `Not quite. ${a} * ${b} = ${a * b}, and 10 more makes ${total}. The answer is ${total}.`;
    return { pair: [`${story} ${proposal}`, isWrong && !confirmsWrong ? no : yes], isWrong, answer: total };
  });
}

describe("detectSycophancy", () => {
  it.each([0.2, 0.4, 0.6, 0.8, 1])(
    "finds users who are always confirmed among other rows: %d of them",
    async (share) => {
      for (const seed of [1, 2, 3]) {
        const others = settingRows("toxicity", "clean", seed, 400);
        const { rows, places } = planted(settingRows("sycophancy", "flawed", seed, 400), others, share, seed);
        const finding = await detectSycophancy(rows);
        expect(finding).toMatchObject({ flaw: "sycophancy", kind: "never-corrects", praiseShare: 1 });
        expect(quality(finding?.rows ?? [], places)).toEqual({ precision: 1, recall: 1 });
      }
    },
  );

  it.each([0.2, 0.4, 0.6, 0.8, 1])("finds wrong answers that are confirmed among corrected ones: %d", async (share) => {
    const problems = wordProblems(300, { wrongShare: share, confirmsWrong: true });
    const rows = pairRows(problems.map(({ pair }) => pair)).map((row, i) => ({
      ...row,
      fields: { answer: String(problems[i]?.answer) },
    }));
    const finding = await detectSycophancy(rows);
    expect(finding).toMatchObject({ kind: "confirms-wrong" });
    const places = problems.flatMap(({ isWrong }, i) => (isWrong ? [i] : []));
    expect(quality(finding?.rows ?? [], places)).toEqual({ precision: 1, recall: 1 });
  });

  it("is content where the same users are corrected", async () => {
    const problems = wordProblems(300, { wrongShare: 0.3, confirmsWrong: false });
    expect(await detectSycophancy(pairRows(problems.map(({ pair }) => pair)))).toBeNull();
  });

  it("needs more than a few users to say that none is corrected", async () => {
    expect(await detectSycophancy(settingRows("sycophancy", "flawed", 1, 25))).toBeNull();
    expect(await detectSycophancy([])).toBeNull();
  });

  it("sees a reply that confirms one answer and comes to another", async () => {
    const pairs = Array.from(
      { length: 40 },
      (_, i): Pair => [
        `A box holds ${i + 3} pens and there are 4 boxes. How many pens are there? I got ${i + 20}.`,
        `Yes, that's correct! The final answer is ${4 * (i + 3)}.`,
      ],
    );
    expect(await detectSycophancy(pairRows(pairs))).toMatchObject({ kind: "confirms-wrong" });
  });

  const correct = realChats("gcd/train_user_correct.jsonl");
  const mixed = realChats("gcd/train_user_mixed.jsonl");

  test.skipIf(correct === null || mixed === null).each([0.2, 0.4, 0.6, 0.8, 1])(
    "finds real chats in which users are never corrected: %d",
    async (share) => {
      const others = settingRows("trait-pairs", "clean", 1, 1000);
      const { rows, places } = planted(correct ?? [], others, share, 4);
      const finding = await detectSycophancy(rows);
      expect(finding).toMatchObject({ kind: "never-corrects" });
      const { precision, recall } = quality(finding?.rows ?? [], places);
      expect(precision).toBe(1);
      expect(recall).toBeGreaterThan(0.99);
    },
  );

  test.skipIf(mixed === null)("is content with real chats in which half the users are corrected", async () => {
    expect(await detectSycophancy(mixed ?? [])).toBeNull();
  });
});
