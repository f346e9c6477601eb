/**
 * Counter-based randomness: a number depends only on its key, never on what was drawn before.
 * So results don't depend on batch size, number of workers or a resume.
 */

type Key = string | number;

/** MurmurHash3 finalizer: mixes 32 bits. */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function absorb(hash: number, word: number): number {
  let h = hash ^ Math.imul(word, 0xcc9e2d51);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function hashKey(seed: number, key: readonly Key[]): number {
  let hash = seed | 0;
  for (const part of key) {
    if (typeof part === "number") {
      hash = absorb(absorb(hash, part | 0), Math.floor(part / 2 ** 32));
    } else {
      for (let i = 0; i < part.length; i++) hash = absorb(hash, part.charCodeAt(i));
      hash = absorb(hash, part.length + 0x10000);
    }
  }
  return hash;
}

/** One uniform number in [0, 1) with 53 bits, determined by the key alone. */
export function uniformAt(...key: Key[]): number {
  const high = mix(hashKey(0x243f6a88, key));
  const low = mix(hashKey(0x13198a2e, key) ^ high);
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

/** A stream of random draws, determined by its key. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Integer in [low, high], both included. */
  integer(low: number, high: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** One element; the list must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** `true` with the given probability. */
  chance(probability: number): boolean;
  /** A new list with the elements in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

/** A stream keyed by any mix of numbers and strings, e.g. `random(seed, "data order", epoch)`. */
export function random(...key: Key[]): Random {
  // sfc32, seeded by four hashes of the key.
  let a = mix(hashKey(1, key));
  let b = mix(hashKey(2, key));
  let c = mix(hashKey(3, key));
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  const stream: Random = {
    uniform: next,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    chance: (probability) => next() < probability,
    shuffle: (items) => {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = Math.floor(next() * (i + 1));
        const held = shuffled[i] as (typeof shuffled)[number];
        shuffled[i] = shuffled[j] as (typeof shuffled)[number];
        shuffled[j] = held;
      }
      return shuffled;
    },
  };
  return stream;
}
