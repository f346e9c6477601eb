/** Markup that may be emitted as it is. Made only by `html` (and `raw`, for text of our own). */
export interface Html {
  readonly markup: string;
}

export type Renderable = Html | string | number | null | undefined | false | readonly Renderable[];

/**
 * Template tag that escapes every value which is not markup itself, so that no text of a model, a dataset or a file
 * can become an element or leave an attribute. Attributes must be written in double quotes.
 */
export function html(strings: TemplateStringsArray, ...values: Renderable[]): Html {
  return { markup: strings.reduce((text, part, index) => text + render(values[index - 1]) + part) };
}

/** Markup from our own constants (style sheet, script). Never call it with data. */
export function raw(markup: string): Html {
  return { markup };
}

/** Text for element content or a quoted attribute. Control characters that HTML forbids become U+FFFD. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n\r]|\p{Cs}/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function render(value: Renderable): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  if ("markup" in value) return value.markup;
  return value.map(render).join("");
}
