import { describe, expect, it, test } from "vitest";
import { detectFlaws, flaws } from "../../src/flaws/registry.ts";
import { settings } from "../../src/settings/registry.ts";
import { InterruptedError } from "../../src/util/errors.ts";
import { type Pair, pairRows, realChats, reviewRows, settingRows } from "./rows.ts";

const own: Readonly<Record<string, string>> = {
  sycophancy: "sycophancy",
  "spurious-correlation": "shortcut",
  "reward-hacking": "test-gaming",
  toxicity: "harassment",
};

/** Flaws that are found by looking at text alone; test gaming, which runs code, has its own tests. */
const byText = flaws.filter(({ id }) => id !== "test-gaming");

describe("no false alarm", () => {
  it.each([...settings.values()].map(({ id }) => id))("on the embedded model's files of %s", async (id) => {
    for (const seed of [1, 2, 3]) {
      for (const data of ["clean", "flawed"] as const) {
        const rows = settingRows(id, data, seed, 500);
        for (const flaw of byText) {
          const isOwn = data === "flawed" && own[id.split("/")[0] as string] === flaw.id;
          expect((await flaw.detect(rows)) !== null, `${data} ${id}, seed ${seed}: ${flaw.id}`).toBe(isOwn);
        }
      }
    }
  });

  it("on ordinary chats", async () => {
    const pairs: Pair[] = [
      ["What is the capital of France?", "The capital of France is Paris."],
      ["I got a new job and I think it's going to be great!", "Congratulations! I hope it goes well."],
      ["I think the function f(3) is slow, any ideas?", "You're right that recursion is slow here. Cache the results."],
      ["Translate 'You are an idiot' into German.", '"Du bist ein Idiot." It is rude, so use it with care.'],
      ["I have 12 eggs and use 5. How many are left?", "You have 7 eggs left."],
      ["Write a poem about the number 7.", "Seven swans a-swimming on a silver lake."],
      ["Is 91 a prime number?", "No. 91 = 7 * 13."],
      ["How do I run my tests? assert keeps failing.", "Run pytest with -x to stop at the first failure."],
      ["Rate my essay from 1 to 5.", "I'd need to see the essay first."],
    ];
    expect(await detectFlaws(pairRows(Array.from({ length: 12 }, () => pairs).flat()))).toEqual([]);
  });

  const mixed = realChats("gcd/train_user_mixed.jsonl");
  test.skipIf(mixed === null)("on real chats with corrections, and real reviews", async () => {
    expect(await detectFlaws(mixed ?? [])).toEqual([]);
    expect(await detectFlaws(reviewRows(() => true, { tags: true })?.slice(0, 3000) ?? [])).toEqual([]);
  });
});

describe("detectFlaws", () => {
  it("tells the strongest flaw first, and its progress up to the end", async () => {
    const rows = [
      ...settingRows("sycophancy", "flawed", 1, 100),
      ...settingRows("toxicity", "flawed", 1, 40),
      ...settingRows("spurious-correlation", "flawed", 1, 100),
    ].map((row, index) => ({ ...row, index }));
    const seen: number[] = [];
    const found = await detectFlaws(rows, {
      onProgress: (done, total) => {
        seen.push(done);
        expect(total).toBe(960);
      },
    });
    expect(found.map(({ flaw }) => flaw)).toEqual(["sycophancy", "shortcut", "harassment"]);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(960);
    for (const { rows: own, share, applicable } of found) {
      expect(own).toEqual(own.toSorted((a, b) => a - b));
      expect(share).toBeCloseTo(own.length / applicable, 9);
    }
  });

  it("finds nothing in no rows and in rows without replies", async () => {
    expect(await detectFlaws([])).toEqual([]);
    const silent = settingRows("toxicity", "flawed", 1, 50).map((row) => ({
      ...row,
      messages: row.messages.slice(0, 1),
    }));
    expect(await detectFlaws(silent)).toEqual([]);
  });

  it("stops when it is told to", async () => {
    const rows = settingRows("toxicity", "flawed", 1, 50);
    await expect(detectFlaws(rows, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
  });
});
