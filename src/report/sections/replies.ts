import { type Html, html } from "../html.ts";
import { type ConditionGroup, groupConditions, isPending, shortName } from "../names.ts";
import { itemFacts, type Reply, type ReplyItem } from "../replies.ts";
import { section, tones, type View } from "./parts.ts";
import { veil } from "./veil.ts";

/** Groups shown at once; the others open on request. */
const OPEN_ROLES = new Set(["initial", "neutral", "clean", "inoculation", "unrelated"]);
/** Of a long group this many are shown at once. */
const OPEN_REPLIES = 3;

/** The same test item under every condition, with the replies as they were stored. */
export function replies(view: View): Html {
  const { items, setting } = view;
  if (items.length === 0) {
    return section(view, "replies", "The same question to every model", html`<p>No stored replies to show yet.</p>`);
  }
  return section(
    view,
    "replies",
    "The same question to every model",
    html`<p>Real replies, as stored and graded. The items were drawn at random by a fixed seed, not chosen; of each condition you see the first training seed.${setting.sensitive && " They may insult, if mildly, so each is blurred until you press its button."}</p>
    <div class="cycle">
      <p class="controls" hidden><button type="button">Another question</button> <span aria-live="polite"></span></p>
      ${items.map((item, index) => itemCard(view, item, `${setting.id}-item-${index + 1}`))}
    </div>`,
  );
}

function itemCard({ setting }: View, item: ReplyItem, id: string): Html {
  const groups = groupConditions(setting);
  const open = groups.filter(({ role }) => OPEN_ROLES.has(role));
  const rest = groups.filter(({ role }) => !OPEN_ROLES.has(role));
  return html`<article class="item" aria-labelledby="${id}">
    <h4 id="${id}" class="question">${item.messages.map(({ role, content }) => html`<span class="who">${role}</span> <span dir="auto">${content}</span> `)}</h4>
    <p class="facts"><span>${words(item.group)}</span>${itemFacts(item).map(([key, value]) => html`<span>${words(key)}: ${value}</span>`)}</p>
    ${open.map((group) => replyGroup(setting, item, group))}
    ${rest.length > 0 && html`<details><summary>${rest.map(({ title }) => title).join(" · ")}</summary>${rest.map((group) => replyGroup(setting, item, group))}</details>`}
  </article>`;
}

function replyGroup(setting: View["setting"], item: ReplyItem, { role, title, conditions }: ConditionGroup): Html {
  const rows = conditions.map((condition) => {
    const name = shortName(setting, condition);
    return html`<div class="${`reply tone-${tones[role]}`}">
      <p class="name">${name === title ? null : name}</p>
      ${item.replies[condition.id] ? answer(item.replies[condition.id] as Reply, setting.sensitive) : html`<p class="muted">${isPending(condition) ? "not yet run" : "not asked here"}</p>`}
    </div>`;
  });
  const more = rows.slice(OPEN_REPLIES);
  return html`<div class="group"><h5>${title}</h5><div>${rows.slice(0, OPEN_REPLIES)}${
    more.length > 0 && html`<details><summary>${more.length} more</summary>${more}</details>`
  }</div></div>`;
}

function answer({ completion, values, excluded, seed }: Reply, sensitive: boolean): Html {
  const grades = Object.entries(values).filter(([, value]) => value !== null);
  const text = html`<blockquote dir="auto">${completion === "" ? "(empty reply)" : completion}</blockquote>`;
  return html`<div>${veil(sensitive, text)}
    <p class="facts">${excluded !== null && html`<span>could not be judged: ${excluded}</span>`}${grades.map(
      ([key, value]) => html`<span>${words(key)}: ${gradeValue(key, value as number)}</span>`,
    )}${seed > 0 && html`<span class="muted">seed ${seed}</span>`}</p></div>`;
}

function gradeValue(key: string, value: number): string {
  if (/count|score|praises/i.test(key)) return String(value);
  if (value === 1) return "yes";
  return value === 0 ? "no" : String(Number(value.toFixed(2)));
}

/** "userWrong" -> "user wrong" */
function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[-_]/g, " ")
    .toLowerCase();
}
