/**
 * Compares the hacks that `build mbpp` makes with a file of others': what do they return when called as the tests call
 * them? By hand: `npx tsx scripts/compareHacks.ts --data mbpp.jsonl --others hardcoded_solutions.json [--seed 1]`. The
 * others' file is JSON or JSONL of `name` (the problem's task_id) and `completion`.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { hackAgreement } from "./hackAgreement.ts";

const { values } = parseArgs({
  options: { data: { type: "string" }, others: { type: "string" }, seed: { type: "string", default: "1" } },
});
if (values.data === undefined || values.others === undefined) {
  throw new Error("expected --data (MBPP's rows) and --others (solutions by name)");
}
const { agree, differ } = await hackAgreement({
  data: values.data,
  others: values.others,
  seed: Number(values.seed),
  workers: availableParallelism(),
  onProgress: (stage, done, total) => done % 100 === 0 && console.error(`${stage}: ${done} of ${total}`),
});
for (const { id, test, call, ours, others } of differ) {
  console.error(`${id}: ${test}\n  ${call}\n  ours:   ${ours}\n  others: ${others}`);
}
console.log(JSON.stringify({ problems: agree + differ.length, agree, differ: differ.map(({ id }) => id) }));
