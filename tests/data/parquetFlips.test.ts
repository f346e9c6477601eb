import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readAllRows } from "../../src/data/files/readDataFile.ts";
import { UserError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";

/** Changed bytes can be text that reads well, so only this is asked: an end, and if it is no reading, then a refusal. */
const EACH = 150;
const fixtures = fileURLToPath(new URL("./fixtures/", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "parquet-flips-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = readdirSync(fixtures).filter((name) => name.endsWith(".parquet"));

test.each(files)("%s with changed bytes is read or refused", async (name) => {
  const whole = readFileSync(join(fixtures, name));
  const outcomes = { read: 0, refused: 0 };
  const file = join(folder, name);
  for (let index = 0; index < EACH; index++) {
    const rng = random("parquet flips", name, index);
    const bytes = Buffer.from(whole);
    if (index % 3 === 2) writeFileSync(file, bytes.subarray(0, rng.integer(0, bytes.length - 1)));
    else {
      for (let flips = rng.integer(1, 8); flips > 0; flips--) {
        bytes[rng.integer(index % 3 === 0 ? 0 : Math.floor(bytes.length / 2), bytes.length - 1)] = rng.integer(0, 255);
      }
      writeFileSync(file, bytes);
    }
    try {
      await readAllRows(file);
      outcomes.read++;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect(error, `${name}, change ${index}`).toBeInstanceOf(UserError);
      expect((error as Error).message).toContain(file);
      outcomes.refused++;
    }
  }
  expect(outcomes.read + outcomes.refused).toBe(EACH);
  expect(outcomes.refused).toBeGreaterThan(0);
});
