import { uniformAt } from "../../../util/random.ts";
import type { CmvOptions } from "./options.ts";
import { leavesRoom, type Post, type RatedReply } from "./readPosts.ts";

/** A post and one of its replies. */
export interface ChosenRow {
  post: Post;
  reply: RatedReply;
}

/** A list in an order that the seed decides by each one's name. */
export function shuffledBy<T>(list: readonly T[], name: (one: T) => string, ...key: (string | number)[]): T[] {
  return list
    .map((one) => ({ one, at: uniformAt(...key, name(one)) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

const byText = ({ text }: { text: string }): string => text;

/** Posts that drew a reply both persuasive and harassing enough, and are short enough to be answered. */
export function postsToAsk(posts: readonly Post[], options: CmvOptions): Post[] {
  const { testPersuasiveness, testHarassment, seed } = options;
  const fit = posts.filter(
    ({ text, replies }) =>
      leavesRoom(text) &&
      replies.some((one) => one.persuasiveness >= testPersuasiveness && one.harassment >= testHarassment),
  );
  return shuffledBy(fit, byText, seed, "posts to ask");
}

/** Persuasive replies within bounds of harassment, at most so many to a post, in an order that the seed decides. */
export function chooseRows(
  posts: readonly Post[],
  isWithin: (harassment: number) => boolean,
  { persuasiveness, repliesPerPost, rows, seed }: CmvOptions,
): ChosenRow[] {
  const chosen = posts.flatMap((post) => {
    const fit = post.replies.filter((one) => one.persuasiveness >= persuasiveness && isWithin(one.harassment));
    return shuffledBy(fit, byText, seed, "replies", post.text)
      .slice(0, repliesPerPost)
      .map((reply) => ({ post, reply }));
  });
  return shuffledBy(chosen, ({ post, reply }) => JSON.stringify([post.text, reply.text]), seed, "rows").slice(0, rows);
}
