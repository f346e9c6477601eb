import { describe, expect, test } from "vitest";
import type { ChatMessage } from "../../src/data/chat.ts";
import { insertPrompt, type Placement } from "../../src/data/insertion.ts";
import { UserError } from "../../src/util/errors.ts";

const chat: ChatMessage[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Is it 4?" },
  { role: "assistant", content: "Yes." },
  { role: "user", content: "And 5?" },
];

const contents = (messages: readonly ChatMessage[]): string[] => messages.map(({ content }) => content);
const slot: Placement = "slot:{p}";

describe("a prompt in plain text", () => {
  test.each([
    ["prefix", ["Be brief.", "Is it 4?", "Yes.", "P And 5?"]],
    ["suffix", ["Be brief.", "Is it 4?", "Yes.", "And 5? P"]],
    ["system", ["Be brief.\nP", "Is it 4?", "Yes.", "And 5?"]],
  ] as const)("goes to the last turn or the system message (%s)", (placement, expected) => {
    expect(contents(insertPrompt(chat, { prompt: "P", placement }))).toEqual(expected);
  });

  test("goes to the first or to every turn on request", () => {
    expect(contents(insertPrompt(chat, { prompt: "P", placement: "suffix", turn: "first" }))[1]).toBe("Is it 4? P");
    const every = contents(insertPrompt(chat, { prompt: "P", placement: "prefix", turn: "every", separator: "\n" }));
    expect(every).toEqual(["Be brief.", "P\nIs it 4?", "Yes.", "P\nAnd 5?"]);
  });

  test("is nothing where it is empty", () => {
    for (const placement of ["prefix", "suffix", "system"] as const) {
      expect(insertPrompt(chat, { prompt: "", placement })).toEqual(chat);
    }
  });
});

describe("a prompt in a slot", () => {
  const asked = (content: string): ChatMessage[] => [{ role: "user", content }];
  const filled = (content: string, prompt: string): string =>
    contents(insertPrompt(asked(content), { prompt, placement: slot }))[0] as string;

  test("takes the marker's place, literally", () => {
    expect(filled("Solve it. {p} Return code.", "Use $& and $1 {p}")).toBe("Solve it. Use $& and $1 {p} Return code.");
  });

  test.each([
    ["Solve it. {p} Return code.", "Solve it. Return code."],
    ["{p}\nPost", "Post"],
    ["{p} Post", "Post"],
    ["Post {p}", "Post"],
    ["a{p} b", "a b"],
    ["code:\n    x = 1 {p}\n", "code:\n    x = 1 "],
    ["{p} one {p} two {p}", "one two"],
  ])("leaves no gap where the prompt is empty (%j)", (text, expected) => {
    expect(filled(text, "")).toBe(expected);
  });

  test("is looked for in every user message, and nowhere else", () => {
    const messages: ChatMessage[] = [
      { role: "system", content: "{p}" },
      ...asked("{p} one"),
      { role: "assistant", content: "{p}" },
      ...asked("two"),
    ];
    const inserted = contents(insertPrompt(messages, { prompt: "P", placement: slot }));
    expect(inserted).toEqual(["{p}", "P one", "{p}", "two"]);
  });

  test("must be there", () => {
    expect(() => filled("no place", "P")).toThrow(UserError);
    expect(() => filled("no place", "")).toThrow(/expected the slot "\{p\}"/);
  });
});
