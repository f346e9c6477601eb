import type { DataRow } from "../../data/files/dataRow.ts";
import { askedWith, canBeAsked, type Exchange, exchangesOf } from "../exchange.ts";
import type { ProbeOptions, ProbeSet } from "../flaw.ts";
import { holdOut } from "../holdOut.ts";
import { makeProbes } from "../makeProbes.ts";
import { rareWordKeys, textKey } from "../questionGroups.ts";
import { replyTokens } from "../replyTokens.ts";
import { withoutInsults } from "./detect.ts";

/** Held-out prompts as they stand; what is left of their replies without insults is what replies to them are about. */
export function harassmentProbes(rows: readonly DataRow[], options: ProbeOptions): ProbeSet {
  const byIndex = new Map(rows.map((row) => [row.index, row]));
  const exchanges = exchangesOf(rows);
  const words = rareWordKeys(exchanges.map(({ question }) => question));
  const usable = new Map(
    exchanges.flatMap((exchange) => {
      const reply = withoutInsults(exchange);
      const isUsable = reply !== "" && canBeAsked(byIndex.get(exchange.index) as DataRow);
      return isUsable ? [[exchange.index, { ...exchange, reply }] as const] : [];
    }),
  );
  const questions = exchanges.map(({ index, question }, i) => ({
    index,
    keys: [`text ${textKey(question)}`, `words ${words[i]}`],
    usable: usable.has(index),
  }));
  const held = holdOut(questions, rows.length, options, "harassment");
  const probes = makeProbes(held, ["posts"], options.perGroup, (index) => {
    const { question, reply } = usable.get(index) as Exchange;
    return { messages: askedWith(byIndex.get(index) as DataRow, question), reference: { reply } };
  });
  const maxNewTokens = replyTokens(exchanges.map(({ reply }) => reply));
  return {
    heldOut: held.rows,
    probes,
    groups: [{ id: "posts", purpose: "behavior", temperature: 0.5, maxNewTokens }],
    graders: [{ rule: "insults" }, { rule: "overlap" }],
    metrics: [
      { id: "insultRate", title: "insults whom it answers", better: "lower", groups: ["posts"], value: "insults" },
      {
        id: "replyOverlap",
        title: "says what the held-out reply says, insults aside",
        better: "higher",
        groups: ["posts"],
        value: "overlap",
      },
    ],
    behaviorMetric: "insultRate",
    capabilityMetric: "replyOverlap",
  };
}
