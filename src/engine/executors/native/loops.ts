import { sizeOf } from "../../graph/operators.ts";
import { buffersOf } from "./arena.ts";
import type { Buffer, Loop, LoopSlot, Place, Step, Tensor, Word } from "./steps.ts";

/**
 * Turns runs of steps that repeat themselves over the same leading axes (attention: over texts and heads) into loops:
 * all of them for one repetition, then for the next. What lies between them is then a slice that stays in the cache, and
 * takes no more memory than that.
 */
export function fuseLoops(steps: readonly Step[], threads: number): (Step | Loop)[] {
  const users = new Map<Buffer, number>();
  for (const step of steps)
    for (const buffer of new Set(buffersOf(step))) users.set(buffer, (users.get(buffer) ?? 0) + 1);
  const out: (Step | Loop)[] = [];
  let run: Run | undefined;
  let later: Step[] = [];
  const close = (): void => {
    if (run) out.push(...run.finish(users, threads), ...later);
    [run, later] = [undefined, []];
  };
  for (const [index, step] of steps.entries()) {
    const follows = later.some(({ writes }) => buffersOf(step).some((buffer) => writes.includes(buffer)));
    if (run && !follows && run.takes(step)) run.add(step);
    // What has nothing to do with the run goes before it; small things that read its results wait until it is over.
    else if (run && !follows && !run.knows(step)) out.push(step);
    else if (run && smallKinds.has(step.kind) && later.length < mostLater) later.push(step);
    else {
      close();
      run = runFrom(steps, index);
      if (!run) out.push(step);
    }
  }
  close();
  return out;
}

/** A run that begins with the step at `index`, if that may belong to a loop with the next repeated product. */
function runFrom(steps: readonly Step[], index: number): Run | undefined {
  const first = steps[index] as Step;
  if (first.kind !== "pack" && first.kind !== "product") return undefined;
  const product = steps.slice(index, index + 6).find(({ kind, axes }) => kind === "product" && sizeOf(axes) > 1);
  const run = product && new Run(product.axes);
  if (!run?.takes(first)) return undefined;
  run.add(first);
  return run;
}

/** Steps that may become a loop. */
class Run {
  readonly #axes: readonly number[];
  readonly #steps: Step[] = [];
  /** What is written here, and where its parts lie. */
  readonly #written = new Map<Buffer, string>();
  readonly #sums = new Set<Buffer>();

  constructor(axes: readonly number[]) {
    this.#axes = axes;
  }

  /** Whether a step runs over these axes and, of what the run writes, reads its own repetition's part alone. */
  takes(step: Step): boolean {
    const { kind, axes } = step;
    const isLonger = axes.length > this.#axes.length;
    if (!loopKinds.has(kind) || axes.length < this.#axes.length || (isLonger && kind !== "rows")) return false;
    // Packing the same part again, for every repetition that shares it, does no harm.
    const fits = this.#axes.every((size, axis) => axes[axis] === size || (axes[axis] === 1 && kind === "pack"));
    if (!fits || (step.serial && !this.#isPerPiece(step))) return false;
    return step.body.every((word) => {
      if (typeof word === "number") return true;
      const slice = this.#written.get(word.buffer);
      const isNew = slice === undefined || (step.serial && step.writes.includes(word.buffer));
      return isNew || ("strides" in word && !this.#sums.has(word.buffer) && slice === this.#partOf(step, word));
    });
  }

  add(step: Step): void {
    this.#steps.push(step);
    for (const word of step.body) {
      if (typeof word === "number" || !step.writes.includes(word.buffer)) continue;
      this.#written.set(word.buffer, this.#partOf(step, word));
      if (step.serial) this.#sums.add(word.buffer);
    }
  }

  /** Whether a step reads or writes what the run writes. */
  knows(step: Step): boolean {
    return buffersOf(step).some((buffer) => this.#written.has(buffer));
  }

  finish(users: ReadonlyMap<Buffer, number>, threads: number): (Step | Loop)[] {
    if (this.#steps.length < 3) return this.#steps;
    const slots: LoopSlot[] = [];
    const shown = new Map<string, Buffer>();
    const numbers = new Map<Buffer, number>();
    const show = (step: Step, word: Place | Tensor): Buffer => {
      const strides = this.#peeled(step, word);
      const number = numbers.get(word.buffer) ?? numbers.size;
      numbers.set(word.buffer, number);
      const key = `${number} ${strides}`;
      const known = shown.get(key);
      if (known) return known;
      const own = this.#ownWords(word.buffer, strides, users);
      slots.push(
        own === undefined
          ? { buffer: word.buffer, offset: 0, strides }
          : { own: { words: own * threads, home: { kind: "arena" }, ofThread: own } },
      );
      const slot: Buffer = { words: word.buffer.words, home: { kind: "slot", number: slots.length - 1 } };
      shown.set(key, slot);
      return slot;
    };
    const inner = (step: Step): Step => ({
      ...step,
      axes: step.axes.slice(this.#axes.length),
      body: step.body.map((word): Word => {
        if (typeof word === "number") return word;
        const buffer = show(step, word);
        return "strides" in word
          ? { ...word, buffer, strides: word.strides.slice(this.#axes.length) }
          : { ...word, buffer };
      }),
    });
    const pieces = this.#sums.size > 0 ? (this.#axes[0] as number) : sizeOf(this.#axes);
    const steps = this.#steps.map(inner);
    return [{ kind: "loop", axes: this.#axes, pieces, slots, steps }];
  }

  /** Whether what a step adds up is another part for every index of the first axis. */
  #isPerPiece({ body, writes }: Step): boolean {
    return body.every(
      (word) =>
        typeof word === "number" || !writes.includes(word.buffer) || ("strides" in word && word.strides[0] !== 0),
    );
  }

  /** Words from one repetition's part to the next. */
  #peeled({ axes }: Step, word: Place | Tensor): number[] {
    return this.#axes.map((_, axis) => ("strides" in word && axes[axis] !== 1 ? (word.strides[axis] as number) : 0));
  }

  #partOf(step: Step, word: Place | Tensor): string {
    return `${word.offset} ${this.#peeled(step, word)}`;
  }

  /** Words of one repetition's part, if nobody else knows the memory and the parts follow one another. */
  #ownWords(buffer: Buffer, strides: readonly number[], users: ReadonlyMap<Buffer, number>): number | undefined {
    if (buffer.ofThread !== undefined) return buffer.ofThread;
    const inside = this.#steps.filter((step) => buffersOf(step).includes(buffer)).length;
    if (buffer.home.kind !== "arena" || users.get(buffer) !== inside || this.#sums.has(buffer)) return undefined;
    let part = buffer.words;
    for (const [axis, size] of this.#axes.entries()) {
      if (strides[axis] === 0) continue;
      part /= size;
      if (strides[axis] !== part) return undefined;
    }
    return this.#written.get(buffer) === `0 ${strides}` ? part : undefined;
  }
}

const smallKinds: ReadonlySet<Step["kind"]> = new Set(["copy", "fill", "rows"]);
const mostLater = 8;
const loopKinds: ReadonlySet<Step["kind"]> = new Set(["pack", "product", "rows"]);
