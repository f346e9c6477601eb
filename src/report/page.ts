import { createHash } from "node:crypto";
import { type Html, html, type Renderable, raw } from "./html.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

export interface PageOptions {
  title: string;
  /** Inside `header`, under its heading. */
  lead: Renderable;
  main: Renderable;
}

/**
 * A self-contained HTML page: no request leaves it, and nothing in it can run but its own few lines of script (a content
 * security policy names their hash).
 */
export function htmlPage({ title, lead, main }: PageOptions): string {
  const scriptHash = createHash("sha256").update(SCRIPT).digest("base64");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const page: Html = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
  <h1>Inoculation prompting</h1>
  ${lead}
</header>
<main>
${main}
</main>
<script>${raw(SCRIPT)}</script>
</body>
</html>
`;
  return page.markup;
}
