import type { Probe, ProbeOptions } from "./flaw.ts";
import { type HeldOut, probeSets } from "./holdOut.ts";

/** What a probe asks, before it has a name. */
export type ProbeDraft = Pick<Probe, "messages" | "reference">;

/**
 * Probes about held-out rows: in each set up to the wanted number of each group, no two in a group with the same text.
 *
 * @param write a row's probe in a group; `null` where it makes none
 */
export function makeProbes<Group extends string>(
  { sets }: HeldOut,
  groups: readonly Group[],
  perGroup: ProbeOptions["perGroup"],
  write: (index: number, group: Group) => ProbeDraft | null,
): Probe[] {
  return groups.flatMap((group) => {
    const seen = new Set<string>();
    return probeSets.flatMap((set) => {
      const probes: Probe[] = [];
      for (const index of sets[set]) {
        if (probes.length >= perGroup[set]) break;
        const draft = write(index, group);
        const text = draft?.messages.map(({ content }) => content).join("\n");
        if (draft === null || text === undefined || seen.has(text)) continue;
        seen.add(text);
        probes.push({ id: `${set}-${group}-${probes.length}`, set, group, ...draft });
      }
      return probes;
    });
  });
}
