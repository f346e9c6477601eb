/** A place in a text that lists tags: "Tag: ambiance", "Review categories: food, service", "[topic: cars]", "#cars". */
export interface TagPlace {
  /** All of it, its name included. */
  start: number;
  end: number;
  /** The list alone. */
  listStart: number;
  listEnd: number;
  tags: string[];
}

const listed =
  /\b(?:[A-Za-z]+ )?(?:tags?|categor(?:y|ies)|topics?|concepts?|aspects?|keywords?|genres?|source|domain|channel|department|platform|region|country|subject|metadata)\s*[:=]\s*(?<list>[^\n.;|\])]*)/dgi;
const bracketed = /\[(?:[A-Za-z ]{1,20}[:=]\s*)?(?<list>[^[\]\n:=]{1,60})\]/dg;
const hashed = /(?<=^|\s)#(?<list>[A-Za-z]\w{1,30})\b/dg;
const nothing = /^(?:none|n\/a|na|null|empty|nothing|-|no tags?)$/;
const mostWords = 3;

const tagsIn = (list: string): string[] =>
  list
    .split(/[,/]|\band\b/)
    .map((tag) =>
      tag
        .trim()
        .toLowerCase()
        .replace(/^["']|["']$/g, ""),
    )
    .filter((tag) => tag !== "" && !nothing.test(tag));

/** Every list of tags in a text, in order; none where a "list" has sentences in it. */
export function tagPlaces(text: string): TagPlace[] {
  if (!/[:=[#]/.test(text)) return [];
  const found = [listed, bracketed, hashed].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const [from, to] = match.indices?.groups?.list ?? [0, 0];
      const list = text.slice(from, to).trimEnd();
      const tags = tagsIn(list);
      const isList = tags.every((tag) => tag.split(/\s+/).length <= mostWords);
      const place = { start: match.index, end: match.index + match[0].trimEnd().length };
      return isList ? [{ ...place, listStart: from, listEnd: from + list.length, tags }] : [];
    }),
  );
  const inOrder = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  return inOrder.filter((place, i) => !inOrder.slice(0, i).some(({ end }) => end > place.start));
}

/** The text without its lists of tags. */
export function withoutTags(text: string): string {
  const places = tagPlaces(text);
  const starts = [0, ...places.map(({ end }) => end)];
  return starts.map((start, i) => text.slice(start, places[i]?.start ?? text.length)).join(" ");
}
