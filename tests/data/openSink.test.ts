import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openSink } from "../../src/data/files/openSink.ts";
import { scratch } from "./files.ts";

async function write(out: string, text: string): Promise<void> {
  const sink = await openSink(out);
  await sink.write(Buffer.from(text));
  await sink.commit();
}

test.each([0o600, 0o640, 0o666, 0o755])("a file of mode %o keeps its rights when it is replaced", async (mode) => {
  const at = await scratch();
  await writeFile(at("rows"), "old", { mode });
  const { mode: before } = await stat(at("rows"));
  await write(at("rows"), "new");
  expect(await readFile(at("rows"), "utf8")).toBe("new");
  expect((await stat(at("rows"))).mode).toBe(before);
});

test("a link stays, and the file that it leads to is replaced", async () => {
  const at = await scratch();
  await mkdir(at("far"));
  await writeFile(at("far/rows"), "old", { mode: 0o600 });
  await symlink("far/rows", at("link"));
  await write(at("link"), "new");
  expect((await lstat(at("link"))).isSymbolicLink()).toBe(true);
  expect(await readFile(at("far/rows"), "utf8")).toBe("new");
  expect((await stat(at("far/rows"))).mode & 0o777).toBe(0o600);
  expect(await readdir(at("far"))).toEqual(["rows"]);
});

test("what is discarded leaves the old file and nothing beside it", async () => {
  const at = await scratch();
  await writeFile(at("rows"), "old");
  const sink = await openSink(at("rows"));
  await sink.write(Buffer.from("new"));
  await sink.discard();
  expect(await readFile(at("rows"), "utf8")).toBe("old");
  expect(await readdir(at("."))).toEqual(["rows"]);
});
