import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { availableMemory, groupMemory, memoryVariable, readMemoryLimit } from "../../src/util/availableMemory.ts";

const folders: string[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A file system of control groups. */
function groups(files: Readonly<Record<string, string>>): { meminfo: string; ownGroups: string; groups: string } {
  const folder = mkdtempSync(join(tmpdir(), "inoculate-groups-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return { meminfo: join(folder, "meminfo"), ownGroups: join(folder, "own"), groups: join(folder, "groups") };
}

describe("what a control group leaves", () => {
  const none = Number.POSITIVE_INFINITY;
  test.each<[name: string, files: Record<string, string>, left: number]>([
    ["nothing known of groups", {}, none],
    ["no limit", { own: "0::/a\n", "groups/a/memory.max": "max\n", "groups/a/memory.current": "5\n" }, none],
    ["a limit", { own: "0::/a\n", "groups/a/memory.max": "100\n", "groups/a/memory.current": "30\n" }, 70],
    [
      "a limit, with files that can be dropped",
      {
        own: "0::/a\n",
        "groups/a/memory.max": "100",
        "groups/a/memory.current": "90",
        "groups/a/memory.stat": "anon 20\ninactive_file 65\nactive_file 5\n",
      },
      75,
    ],
    [
      "a tighter group around it",
      {
        own: "0::/a/b/c\n",
        "groups/a/memory.max": "50",
        "groups/a/memory.current": "45",
        "groups/a/b/c/memory.max": "100",
        "groups/a/b/c/memory.current": "0",
      },
      5,
    ],
    [
      "a path of the host's, the group mounted as the root",
      { own: "0::/docker/x\n", "groups/memory.max": "40", "groups/memory.current": "10" },
      30,
    ],
    ["more in use than allowed", { own: "0::/\n", "groups/memory.max": "40", "groups/memory.current": "50" }, 0],
    [
      "the first version",
      {
        own: "5:cpu,cpuacct:/a\n4:memory:/a\n",
        "groups/memory/a/memory.limit_in_bytes": "80\n",
        "groups/memory/a/memory.usage_in_bytes": "20\n",
        "groups/memory/a/memory.stat": "cache 9\ntotal_inactive_file 7\n",
      },
      67,
    ],
    [
      "the first version without a limit",
      {
        own: "4:memory:/\n",
        "groups/memory/memory.limit_in_bytes": "9223372036854771712\n",
        "groups/memory/memory.usage_in_bytes": "20\n",
      },
      none,
    ],
    [
      "a limit of another controller",
      { own: "4:pids:/a\n", "groups/a/memory.max": "10", "groups/a/memory.current": "0" },
      none,
    ],
  ])("%s", (_name, files, left) => {
    expect(groupMemory(groups(files))).toBe(left);
  });
});

describe("the memory that is given by hand", () => {
  test.each<[text: string | undefined, bytes: number | undefined]>([
    [undefined, undefined],
    ["", undefined],
    ["none", Number.POSITIVE_INFINITY],
    ["123", 123],
    ["8GB", 8e9],
    ["8 g", 8e9],
    ["1.5GiB", 1.5 * 2 ** 30],
    ["500mb", 5e8],
  ])("%s", (text, bytes) => {
    expect(readMemoryLimit(text)).toBe(bytes);
  });

  test.each(["much", "-1GB", "8 XB", "GB"])("%s is refused by name", (text) => {
    expect(() => readMemoryLimit(text)).toThrow(new RegExp(`${memoryVariable}: expected .* got "${text}"`));
  });

  test("counts what this process holds already", () => {
    vi.stubEnv(memoryVariable, "1TB");
    const left = availableMemory();
    expect(left).toBeLessThan(1e12 - 1e7);
    expect(left).toBeGreaterThan(0.9e12);
    vi.stubEnv(memoryVariable, "1MB");
    expect(availableMemory()).toBe(0);
    vi.stubEnv(memoryVariable, "none");
    expect(availableMemory()).toBe(Number.POSITIVE_INFINITY);
  });

  test("without it, no more than the machine has", () => {
    vi.stubEnv(memoryVariable, "");
    expect(availableMemory()).toBeGreaterThan(0);
    expect(availableMemory()).toBeLessThan(1e14);
  });
});
