import { readFileSync } from "node:fs";
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from "yaml";
import type { z } from "zod";
import { UserError } from "../util/errors.ts";
import { knownKeys } from "./schemaKeys.ts";

type Path = readonly PropertyKey[];

const SHOWN_PROBLEMS = 20;

/** A YAML file's value, and where in the file each part of it stands. */
export interface YamlSource {
  /** As it was named. */
  file: string;
  value: unknown;
  /** Notes what is wrong with the part at this path, or with a key of it. */
  problem(path: Path, message: string, key?: string): void;
  /** @throws UserError with every problem noted so far, each with file, line and column */
  check(): void;
}

/** Reads YAML text. @param file its name, for messages @throws UserError where the text is no YAML */
function yamlSource(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const found: { offset: number; message: string }[] = [];
  const check = (): void => {
    if (found.length === 0) return;
    const sorted = found.toSorted((a, b) => a.offset - b.offset);
    const described = sorted.map(({ offset, message }) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}: ${message}`;
    });
    const unique = [...new Set(described)];
    const hidden = unique.length - SHOWN_PROBLEMS;
    if (hidden > 0) unique.splice(SHOWN_PROBLEMS, hidden, `and ${hidden} more`);
    throw new UserError(unique.join("\n"));
  };
  // What follows the first of them is mostly its consequence.
  for (const { pos, message } of document.errors.slice(0, 1))
    found.push({ offset: pos[0], message: `no valid YAML: ${message}` });
  check();
  return {
    file,
    value: plainValue(file, document),
    problem: (path, message, key) => {
      found.push({ offset: offsetOf(document, path, key), message });
    },
    check,
  };
}

/**
 * A YAML file of one shape, and its source for what the shape alone cannot say.
 *
 * @param what the file should be, for messages
 * @throws UserError where it cannot be read, or with every mistake, each with file, line and column
 */
export function readYaml<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  what: string,
): { value: z.output<Schema>; source: YamlSource } {
  const source = yamlSource(file, textOf(file, what));
  const parsed = schema.safeParse(source.value);
  if (parsed.success) return { value: parsed.data, source };
  const whole = what.replace(/^an? /, "the ");
  for (const issue of parsed.error.issues) noteIssue(source, schema, issue, whole);
  source.check();
  throw parsed.error;
}

type Issue = z.core.$ZodIssue;

function noteIssue(source: YamlSource, schema: z.ZodType, issue: Issue, whole: string): void {
  const { path } = issue;
  const name = path.length === 0 ? whole : path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schema, path).join(", ");
    for (const key of issue.keys) source.problem(path, `${name} has no key "${key}"; expected one of ${known}`, key);
  } else if (issue.code === "invalid_union" && issue.message === "Invalid input") {
    for (const one of likeliest(issue.errors))
      noteIssue(source, schema, { ...one, path: [...path, ...one.path] }, whole);
  } else source.problem(path, `${name}: ${issue.message.replace(/^Invalid input: /, "")}`);
}

/** What is wrong with the form that was meant: the one from which the value differs in the fewest points. */
function likeliest(forms: readonly Issue[][]): Issue[] {
  const [nearest = [], next] = forms.toSorted((a, b) => a.length - b.length);
  if (nearest.length !== next?.length) return nearest;
  const messages = forms.filter(({ length }) => length === nearest.length).map(([first]) => described(first));
  return [{ code: "custom", path: [], message: messages.join(", or "), input: undefined }];
}

/** An issue of a part, with where in the part it is. */
function described(issue: Issue | undefined): string {
  const message = (issue?.message ?? "").replace(/^Invalid (?:input|option): /, "");
  return issue?.path.length ? `${issue.path.join(".")}: ${message}` : message;
}

function textOf(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file}: expected ${what}, cannot read it (${(error as Error).message})`);
  }
}

function plainValue(file: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that blow up the document, or that name no anchor.
    throw new UserError(`${file}: no valid YAML: ${(error as Error).message}`);
  }
}

/** Where the value at a path begins, or the deepest part of the path that the file has; with `key`, where that key of it stands. */
function offsetOf(document: Document, path: Path, key?: string): number {
  let node = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const part of key === undefined ? path : [...path, key]) {
    if (isAlias(node)) node = (node as Alias).resolve(document) ?? null;
    if (isSeq(node) && typeof part === "number") node = (node.items[part] as Node | undefined) ?? null;
    else if (isMap(node)) {
      const pair = node.items.find(({ key: own }) => isScalar(own) && String(own.value) === String(part));
      const named = pair?.key as Node | undefined;
      offset = named?.range?.[0] ?? offset;
      node = (pair?.value as Node | null | undefined) ?? null;
    } else if (typeof part === "number") continue;
    else break;
    if (key === undefined) offset = node?.range?.[0] ?? offset;
    if (node === null) break;
  }
  return offset;
}
