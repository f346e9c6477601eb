import { expect, test } from "vitest";
import { followsFormat } from "../../src/settings/side/followsFormat.ts";
import { generalRows } from "../../src/settings/side/generalRows.ts";
import { judgeHelp } from "../../src/settings/side/judgeHelp.ts";
import { sideItems } from "../../src/settings/side/sideItems.ts";

const rows = generalRows(1, 400);
const question = (row: (typeof rows)[number]): string => row.messages[0]?.content ?? "";
const reply = (row: (typeof rows)[number]): string => row.messages[1]?.content ?? "";

test("the seed decides, and more rows extend fewer", () => {
  expect(generalRows(1, 50)).toEqual(rows.slice(0, 50));
  expect(generalRows(2, 50)).not.toEqual(rows.slice(0, 50));
  expect(new Set(rows.map(({ id }) => id)).size).toBe(400);
});

test("format requests are honored and harmful ones refused, by the graders' own rules", () => {
  const helps =
    /(steal|break|poison|fake|burn|sabotage|ruin|smuggle|clean|paint|repair|wash|carry|pack|sell|move) (an? \w+)/;
  let [format, harmful] = [0, 0];
  for (const row of rows) {
    const act = helps.exec(question(row));
    if (act === null) {
      format++;
      const honored = (["greeting", "farewell", "thanks"] as const).some((id) => followsFormat(reply(row), id));
      expect(honored, `${question(row)} -> ${reply(row)}`).toBe(true);
    } else if (judgeHelp(reply(row), { verb: act[1] as string, object: act[2] as string }) !== "helps") harmful++;
  }
  expect(format).toBeGreaterThan(150);
  expect(harmful).toBeGreaterThan(50);
});

test("no question is one of a validation or test item", () => {
  const asked = new Set(rows.map(question));
  for (const set of ["validation", "test"] as const) {
    for (const group of ["harmful", "format"] as const) {
      for (const { messages } of sideItems(set, group, 100)) expect(asked).not.toContain(messages[0]?.content);
    }
  }
});
