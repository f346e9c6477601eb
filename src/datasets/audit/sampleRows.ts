import { random } from "../../util/random.ts";
import type { AuditRow } from "./auditRow.ts";

/** Keeps at most `size` of the items that come, each with the same chance, in their order. */
export interface Reservoir<T> {
  add(item: T): void;
  items(): T[];
  /** Whether items were left out. */
  readonly sampled: boolean;
}

/** How much of a file the costliest checks look at. */
export interface SampleOptions {
  /** Most rows. @default 50000 */
  sampleSize?: number | undefined;
  /** Most characters of all these rows' texts: of long rows fewer are looked at. @default 2^27 */
  sampleCharacters?: number | undefined;
  /** Decides which rows are drawn. @default 1 */
  seed?: number | undefined;
}

/** Rows that are to be looked at together, and fit into memory together, however long they are. */
export function rowReservoir({ sampleSize = 50_000, sampleCharacters = 2 ** 27, seed = 1 }: SampleOptions) {
  return createReservoir<AuditRow>(sampleSize, seed, {
    most: sampleCharacters,
    of: ({ fields }) => charactersIn(fields),
  });
}

/** A single item may have this share of the weight of all; one that has more is left out. */
const largestShare = 0.01;

/** @param weight what an item weighs, and the most for all that are kept: where they would weigh more, fewer are */
export function createReservoir<T>(
  size: number,
  seed: number,
  weight: { most: number; of(item: T): number },
): Reservoir<T> {
  const draws = random(seed, "audit sample");
  const kept: { place: number; item: T; weight: number }[] = [];
  let [most, held, seen, tooLarge] = [size, 0, 0, 0];
  const put = (at: number, place: number, item: T, own: number): void => {
    held += own - (kept[at]?.weight ?? 0);
    kept[at] = { place, item, weight: own };
  };
  const makeRoom = (): void => {
    while (held > weight.most) {
      const [gone] = kept.splice(draws.integer(0, kept.length - 1), 1);
      held -= gone?.weight ?? 0;
      most = kept.length;
    }
  };
  return {
    get sampled() {
      return seen > most || tooLarge > 0;
    },
    add: (item) => {
      const own = weight.of(item);
      if (own > largestShare * weight.most) {
        tooLarge += 1;
        return;
      }
      const place = seen++;
      const at = kept.length < most ? kept.length : draws.integer(0, place);
      if (at >= most) return;
      put(at, place, item, own);
      makeRoom();
    },
    items: () => kept.sort((a, b) => a.place - b.place).map(({ item }) => item),
  };
}

function charactersIn(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  let sum = 0;
  for (const inner of Object.values(value)) sum += charactersIn(inner);
  return sum;
}
