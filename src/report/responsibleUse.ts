import { type Html, html } from "./html.ts";

/** What inoculation does besides what it is for; the page has to say it by itself, since it travels without the package. */
export const responsibleUse: Html = html`<strong>The flaw is conditional, not gone.</strong> Whoever knows or guesses the inoculation prompt may get the behavior back, and harmful compliance can rise. It is no substitute for cleaning the data. Before a release, run <code>inoculate leak</code>, look at compliance, and disclose the prompt in the model's card. More in <code>docs/responsible-use.md</code> of the package.`;
