import { z } from "zod";
import { UserError } from "../../../util/errors.ts";
import { readRows } from "../readRows.ts";
import { normalizeText } from "./normalizeText.ts";

/** A reply with its two scores. */
export interface RatedReply {
  text: string;
  /** 0 to 10, by a judge. */
  persuasiveness: number;
  /** 0 to 1, by a moderation endpoint. */
  harassment: number;
}

export interface Post {
  /** `file:line` where it first stands, for messages. */
  where: string;
  /** Title and text. */
  text: string;
  /** Those that can be used; none twice. */
  replies: RatedReply[];
}

export interface ReadPosts {
  posts: Post[];
  /** Replies left out, and why. */
  leftOut: { unrated: number; tooLong: number; posts: number };
}

/** About a quarter of a page of tokens a thousand characters: 1024 tokens, as text is counted without a tokenizer. */
const tokensPerCharacter = 0.35;
const mostTokens = 1024;

const score = z.number().min(0).max(10);
const share = z.number().min(0).max(1);

/** A pair of a post and a reply. */
const pairSchema = z.looseObject({
  title: z.string().optional(),
  post: z.string(),
  reply: z.string(),
  persuasiveness: score.nullish(),
  harassment: share.nullish(),
});
const commentSchema = z.looseObject({
  body: z.string(),
  distinguished: z.string().nullish(),
  persuasiveness_score: score.nullish(),
  moderation_result: z.looseObject({ category_scores: z.looseObject({ harassment: share }) }).nullish(),
});
/** A post with all its replies, as Reddit's dumps name things. */
const threadSchema = z.looseObject({
  title: z.string(),
  selftext: z.string(),
  distinguished: z.string().nullish(),
  top_level_comments: z.array(commentSchema),
});
const rowSchema = z.union([pairSchema, threadSchema], {
  error: 'expected "post" and "reply", or "title", "selftext" and "top_level_comments"',
});

const remedy =
  'persuasiveness is what an LLM judge says from 0 to 10 ("persuasiveness", or "persuasiveness_score" of a comment), ' +
  'harassment a moderation endpoint\'s score of that category ("harassment", or ' +
  '"moderation_result.category_scores.harassment"); docs/paper-data.md says how to have replies rated';

/**
 * Posts with their rated replies. Rows about posts of the same title are one post. Left out are moderators, deleted
 * texts, what is longer than about 1024 tokens, and replies to a post's whole thread that nobody rated.
 *
 * @throws UserError naming the row of a pair without scores, or the files when no reply in them has any
 */
export async function readPosts(files: readonly string[]): Promise<ReadPosts> {
  const rows = (await Promise.all(files.map((file) => readRows(file, rowSchema)))).flat();
  const leftOut = { unrated: 0, tooLong: 0, posts: 0 };
  const posts = new Map<string, Post>();
  for (const { row, where } of rows) {
    const post = postOf(row, where);
    if (post === null) {
      leftOut.posts += 1;
      continue;
    }
    const key = post.title.toLowerCase();
    const known = posts.get(key) ?? { where, text: post.text, replies: [] };
    posts.set(key, known);
    for (const reply of repliesOf(row, where)) {
      if (reply === null) leftOut.unrated += 1;
      else if (isTooLong(reply.text)) leftOut.tooLong += 1;
      else if (reply.text !== "" && !known.replies.some(({ text }) => text === reply.text)) known.replies.push(reply);
    }
  }
  const rated = [...posts.values()].some(({ replies }) => replies.length > 0);
  if (!rated && leftOut.unrated > 0) {
    throw new UserError(`${files.join(", ")}: expected replies with two scores, found none that has both; ${remedy}`);
  }
  return { posts: [...posts.values()], leftOut };
}

type Row = z.infer<typeof rowSchema>;

const isThread = (row: Row): row is z.infer<typeof threadSchema> => "top_level_comments" in row;
const isTooLong = (text: string): boolean => text.length * tokensPerCharacter > mostTokens;
const isGone = (text: string): boolean => /^\[(?:deleted|removed)\]$/i.test(text.trim());

function postOf(row: Row, _where: string): { title: string; text: string } | null {
  const title = normalizeText(row.title ?? "");
  const body = normalizeText(isThread(row) ? row.selftext : row.post);
  if (isGone(body) || isTooLong(body)) return null;
  if (isThread(row) && row.distinguished === "moderator") return null;
  const text = [title, body].filter((part) => part !== "").join("\n");
  return text === "" ? null : { title: title === "" ? body : title, text };
}

/** `null` for a reply that nobody rated. @throws UserError where a pair has no scores */
function repliesOf(row: Row, where: string): (RatedReply | null)[] {
  if (!isThread(row)) {
    const { persuasiveness, harassment, reply } = row;
    if (typeof persuasiveness !== "number" || typeof harassment !== "number") {
      const missing = typeof persuasiveness !== "number" ? "persuasiveness" : "harassment";
      throw new UserError(`${where}: expected a score "${missing}", found none; ${remedy}`);
    }
    return isGone(reply) ? [] : [{ text: normalizeText(reply), persuasiveness, harassment }];
  }
  return row.top_level_comments
    .filter(({ distinguished, body }) => distinguished !== "moderator" && !isGone(body))
    .map(({ body, persuasiveness_score: persuasiveness, moderation_result: moderation }) => {
      if (typeof persuasiveness !== "number" || !moderation) return null;
      return { text: normalizeText(body), persuasiveness, harassment: moderation.category_scores.harassment };
    });
}

/** Whether a question about a post leaves room for a reply in a window of 2048 tokens. */
export function leavesRoom(question: string): boolean {
  const window = 2048;
  const margin = 1.2;
  return question.length * tokensPerCharacter * margin + mostTokens <= window;
}
