import { isSlot, slotOf } from "../../../data/insertion.ts";
import { fromAround } from "../excerpt.ts";
import { perRow } from "../perRow.ts";

const doubled = /\{\{\s*[a-z_][\w.]*\s*\}\}/i;
const single = /(?<![\w${}^\\])\{[a-z_]\w*\}(?!\})/i;
const unfinished =
  /\bTODO\b|\bFIXME\b|\bTBD\b|\[(?:INSERT|YOUR|ADD|NAME|PLACEHOLDER)\b[^\]]{0,40}\]|<(?:INSERT|YOUR)[ _][^>]{1,40}>|\blorem ipsum\b/i;
/** Code has braces of its own. */
const code =
  /```|\bdef \w+\(|\bfunction\s*\w*\s*\(|^\s*class \w+\s*[(:{]|[;{]\s*$|\bf["']|^\s*return\b|\\[a-z]+\{|^\s*(?:import|from) \w+|=>/m;

/** Slots of a template that were never filled, and places left to do. */
export const templateSlots = perRow({
  check: "template-slot",
  severity: "warning",
  remedy: "fill the slot, or drop the row; name a slot that is meant for the prompt with --slot",
  find: ({ texts }, { insertion }) => {
    const meant = insertion && isSlot(insertion.placement) ? slotOf(insertion.placement) : undefined;
    for (const { text: whole } of texts) {
      const text = meant === undefined ? whole : whole.replaceAll(meant, "");
      const patterns = code.test(text) ? [doubled] : [doubled, single, unfinished];
      const pattern = patterns.find((one) => one.test(text));
      if (pattern) return fromAround(text, pattern);
    }
    return undefined;
  },
  message: (rows) => `${rows} with an unfilled slot or a place left to do`,
});
