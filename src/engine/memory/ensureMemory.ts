import { availableMemory, memoryVariable } from "../../util/availableMemory.ts";
import { MemoryError } from "../../util/errors.ts";

/** Bytes that some work needs besides what is in memory already, by what for: "gradients", say. */
export type MemoryNeed = Readonly<Record<string, number>>;

/** What would need less: how it reads in a sentence, and how much it would need. */
export interface Remedy {
  text: string;
  need(): MemoryNeed;
}

/** Node itself, ONNX Runtime's code, and the JavaScript heap's room to breathe. Measured after start. */
export const processBytes = 130 * 2 ** 20;

const bytesOf = (need: MemoryNeed): number => Object.values(need).reduce((sum, bytes) => sum + bytes, 0);

/** What this process can still take: of the system, and of what its earlier work left behind. */
const free = (): number => availableMemory() + reusable();

export const fitsMemory = (need: MemoryNeed): boolean => bytesOf(need) <= free();

/**
 * Refuses work that would not fit into memory.
 *
 * @param work what it is, as the start of a sentence: "training these rows"
 * @param remedies in the order in which they are to be tried; the first that fits is named
 * @throws MemoryError with the estimate, what is available and what would make it fit
 */
export function ensureMemory(work: string, need: MemoryNeed, remedies: readonly Remedy[] = []): void {
  if (fitsMemory(need)) return;
  const wanted = bytesOf(need);
  const parts = Object.entries(need)
    .filter(([, bytes]) => bytes >= wanted / 100)
    .sort(([, a], [, b]) => b - a)
    .map(([name, bytes]) => `${name} ${amount(bytes)}`);
  const fitting = remedies.find((remedy) => fitsMemory(remedy.need()));
  const remedy = fitting ? `what would fit: ${fitting.text}` : "use a smaller model or a machine with more memory";
  throw new MemoryError(
    `${work} needs about ${amount(wanted)} of memory beyond what is in use (${parts.join(", ")}), ` +
      `${amount(free())} are available; ${remedy}; ${memoryVariable}=none skips this check`,
  );
}

const amount = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** What earlier work of this process left behind and the allocator hands out again. */
function reusable(): number {
  const { rss, heapTotal, external } = process.memoryUsage();
  return Math.max(0, rss - heapTotal - external - processBytes);
}
