import type { FileMessage } from "../files/dataRow.ts";
import { describeValue } from "../files/describeValue.ts";
import type { Layout, Lose, Loss } from "../files/layout.ts";
import { detectLayout } from "../files/layouts/detectLayout.ts";
import { layouts } from "../files/layouts/layouts.ts";
import { RawJson } from "../files/rawJson.ts";
import { differences } from "./difference.ts";
import { type Format, writtenAs } from "./formats.ts";

type Fields = Record<string, unknown>;

/** A row in another format. */
export interface ConvertedRow {
  fields: Fields;
  /** Names of fields that are as they were. */
  kept: string[];
}

/** The ways in which the rows of one file may be written back: those that gave back every row so far. */
export interface WaysBack {
  layouts?: readonly Layout[];
}

/**
 * The row as `to` has it. Fields that its layout does not read are kept. That nothing is lost is not claimed but tried:
 * the row is converted back, and what comes back differently is lost.
 */
export function convertRow(
  fields: Fields,
  from: Layout,
  to: Format,
  ways: WaysBack,
  where: string,
  lose: Lose,
): ConvertedRow {
  const messages = from.read(fields, where);
  const known = knownRoles(messages, to, where, lose);
  if (known === messages && isAlready(to, from, messages, fields, where)) {
    return { fields, kept: Object.keys(fields) };
  }
  let lost = false;
  const loseHere = (loss: Loss): void => {
    lost = true;
    lose(loss);
  };
  if (known !== messages) lost = true;
  const converted = merged(to.layout, known, from, fields, where, loseHere);
  if (!lost) for (const loss of lossesOf(fields, converted.fields, from, to, ways, where)) lose(loss);
  return converted;
}

function knownRoles(messages: FileMessage[], to: Format, where: string, lose: Lose): FileMessage[] {
  const isUnknown = ({ role }: FileMessage): boolean => to.unknownRoles?.includes(role) ?? false;
  if (!messages.some(isUnknown)) return messages;
  return messages.map((message, i) => {
    if (!isUnknown(message)) return message;
    const why = `${to.id} does not know the role ${message.role}; it becomes the system`;
    lose({ where, field: `messages.${i}.role`, why });
    return { ...message, role: "system" };
  });
}

/** Whether the row is as the format has it. */
function isAlready(to: Format, from: Layout, messages: readonly FileMessage[], fields: Fields, where: string): boolean {
  const { layout, holds } = to;
  if (layout.id !== from.id) return false;
  // A table's columns have names of their own.
  if (holds && from === layouts[from.id]) return holds(fields);
  let loses = false;
  const written = layout.write(messages, where, () => {
    loses = true;
  });
  const own = Object.fromEntries(Object.entries(fields).filter(([name, value]) => !isExtra(from, name, value)));
  return !loses && differences(own, written).length === 0;
}

/** The layout's fields for the messages, in the place of the old ones, and all others. */
function merged(
  layout: Layout,
  messages: readonly FileMessage[],
  from: Layout,
  fields: Fields,
  where: string,
  lose: Lose,
): ConvertedRow {
  const own = layout.write(messages, where, lose);
  const plain = detectLayout(own);
  const kept = Object.entries(fields).filter(([name, value]) => {
    if (!isExtra(from, name, value)) return false;
    const clashes = layout.fields.includes(name) && (Object.hasOwn(own, name) || !isSilent(layout, name, value));
    if (clashes) lose({ where, field: name, why: "the new row has a field of this name with another meaning" });
    const misleads =
      !clashes && !layout.fields.includes(name) && plain && detectLayout({ ...own, [name]: value }) !== plain;
    if (misleads) lose({ where, field: name, why: "with this field the new row would be taken for another layout" });
    return !clashes && !misleads;
  });
  const at = Object.keys(fields).findIndex((name) => from.fields.includes(name));
  const before = kept.filter(([name]) => Object.keys(fields).indexOf(name) < at);
  const after = kept.filter((entry) => !before.includes(entry));
  return {
    fields: Object.fromEntries([...before, ...Object.entries(own), ...after]),
    kept: kept.map(([name]) => name),
  };
}

/** Whether the field is none of those that say what was said. */
function isExtra(layout: Layout, name: string, value: unknown): boolean {
  return !layout.fields.includes(name) || isSilent(layout, name, value);
}

function isSilent({ optional }: Layout, name: string, value: unknown): boolean {
  const isEmpty = value === "" || value === null || (Array.isArray(value) && value.length === 0);
  return isEmpty && (optional?.includes(name) ?? false);
}

/** What would come back differently, by the way back that keeps most. */
function lossesOf(before: Fields, after: Fields, from: Layout, to: Format, ways: WaysBack, where: string): Loss[] {
  const messages = to.layout.read(after, where);
  const silently = (): void => {};
  const known = ways.layouts ?? (from === layouts[from.id] ? writtenAs(from) : [from]);
  const tried = known.map((layout) => {
    const back = merged(layout, messages, to.layout, after, where, silently).fields;
    return { layout, differing: differences(before, back) };
  });
  const lossless = tried.filter(({ differing }) => differing.length === 0);
  if (lossless.length > 0) {
    ways.layouts = lossless.map(({ layout }) => layout);
    return [];
  }
  const [best] = tried.map(({ differing }) => differing).sort((a, b) => a.length - b.length);
  const gone = best?.filter(({ after }) => after === undefined) ?? [];
  return (gone.length > 0 ? gone : (best ?? [])).map(({ path, before, after }) => ({
    where,
    field: path,
    why: `not kept as ${to.id}: ${described(before)} would come back as ${described(after)}`,
  }));
}

function described(value: unknown): string {
  return value instanceof RawJson ? `number ${value.text}` : describeValue(value);
}
