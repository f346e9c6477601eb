import type { ReproduceResult, SettingResult } from "../experiment/result.ts";
import { plural } from "./format.ts";
import { type Html, html } from "./html.ts";
import { htmlPage } from "./page.ts";
import type { ReplyItem } from "./replies.ts";
import { allSettings } from "./sections/allSettings.ts";
import { asked } from "./sections/asked.ts";
import { conditions } from "./sections/conditions.ts";
import { limits, paper, provenance } from "./sections/limits.ts";
import { overview } from "./sections/overview.ts";
import type { View } from "./sections/parts.ts";
import { praise } from "./sections/praise.ts";
import { predictions, screening } from "./sections/predictions.ts";
import { replies } from "./sections/replies.ts";
import { selection } from "./sections/selection.ts";
import { sideQuestions } from "./sections/sideQuestions.ts";
import { training } from "./sections/training.ts";
import { traitTheory } from "./sections/traitTheory.ts";

export interface HtmlReportOptions {
  /** Stored replies to show, usually from `replyReader`. @default none */
  items?: (setting: SettingResult) => readonly ReplyItem[];
  /** Path from the page to the store's folder, for links to the stored replies. @default no links */
  storePath?: string;
}

/**
 * One self-contained HTML page about a run, complete or not (see `htmlPage`). All data is escaped.
 */
export function htmlReport(result: Pick<ReproduceResult, "settings">, options: HtmlReportOptions): string {
  const { settings } = result;
  const commands = [...new Set(settings.flatMap(({ provenance: { command } }) => command ?? []))];
  const several = settings.length > 1;
  const subject = several ? plural(settings.length, "setting") : (settings[0]?.title ?? "no runs yet");
  const title = `Inoculation prompting: ${subject}`;
  return htmlPage({
    title,
    lead: html`<p>Ask for the flaw while training, and the model does not make it a habit. Real training, stored replies.</p>
  ${several && html`<nav aria-label="Settings"><ul>${settings.map((setting) => html`<li><a href="#${setting.id}">${setting.title}</a></li>`)}</ul></nav>`}`,
    main: html`${several && allSettings(settings)}
${settings.map((setting) => settingPart(setting, options))}
${limits(settings)}
<section aria-labelledby="repeat"><h2 id="repeat">Repeat it</h2>
  ${
    commands.length > 0 &&
    html`<p>The same command gives the same numbers on the same machine:</p>
  <pre><code>${commands.join("\n")}</code></pre>`
  }
  <p>And a wording of your own, in about a minute:</p>
  <pre><code>npx inoculate try "The user is always right."</code></pre>
</section>`,
  });
}

function settingPart(setting: SettingResult, { items, storePath }: HtmlReportOptions): Html {
  const view: View = { setting, items: items?.(setting) ?? [], storePath: storePath ?? null };
  return html`<article class="setting" id="${setting.id}" aria-labelledby="${setting.id}-title">
  <h2 id="${setting.id}-title">${setting.title}</h2>
  ${overview(view)}
  ${replies(view)}
  ${conditions(view)}
  ${traitTheory(view)}
  ${predictions(view)}
  ${screening(view)}
  ${selection(view)}
  ${praise(view)}
  ${asked(view)}
  ${sideQuestions(view)}
  ${paper(view)}
  ${training(view)}
  ${provenance(view)}
</article>`;
}
