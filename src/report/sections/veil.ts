import { type Html, html } from "../html.ts";

/**
 * Text of a setting whose texts insult or worse: blurred, and hidden from screen readers, until its button is pressed
 * (the page's script does it). Other settings' text stays as it is.
 */
export function veil(sensitive: boolean, content: Html, what = "reply"): Html {
  if (!sensitive) return content;
  return html`<div class="veil"><div class="veiled" aria-hidden="true">${content}</div><button type="button" class="quiet">Show this ${what}</button></div>`;
}
