import { join } from "node:path";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { UserError } from "../../util/errors.ts";
import { parseJsonObject, readOptionalText, readText } from "./files.ts";
import { marksStart, normalizerSteps, preTokenizerSteps } from "./tokenizerSteps.ts";
import { joinUnknownWithinWords } from "./unknownPieces.ts";

/** Text to token ids and back. */
export interface Tokenizer {
  /** Largest id + 1; the model's vocabulary may be larger (padded), or lack special tokens at the end, but no others. */
  size: number;
  /** Ids of a text, without the special tokens that a tokenizer may put around it. @throws UserError on text without a token */
  encode(text: string): number[];
  /** Text of token ids; special tokens are left out. @throws RangeError on an id without a token */
  decode(ids: readonly number[] | Int32Array): string;
  /** The id of a token by its exact content. */
  tokenId(token: string): number | undefined;
  /** The exact content of a token by its id. */
  token(id: number): string | undefined;
  /** Ids of all special tokens, which stand for something outside of text. */
  specialIds: ReadonlySet<number>;
  /** Special tokens by role, as the template sees them: `bos_token`, `eos_token`, `pad_token`, `unk_token`. */
  specialTokens: Readonly<Record<string, string>>;
  bosTokenId?: number;
  /** The tokenizer puts the BOS before every text by itself. */
  addsBos: boolean;
  eosTokenId?: number;
  /** The tokenizer writes something before a text, so that a text's parts tokenized apart are not its tokens. */
  marksStart: boolean;
}

/** The models that the library implements; others would give null ids or fail late. */
const supportedModels = ["BPE", "WordPiece", "Unigram"];

/** An entry of `added_tokens` in tokenizer.json. */
interface AddedToken {
  id: number;
  content: string;
  special?: boolean;
  single_word?: boolean;
  normalized?: boolean;
}

const roles = ["bos_token", "eos_token", "pad_token", "unk_token"];

/** Reads tokenizer.json and tokenizer_config.json. @throws UserError when missing, malformed or of an unsupported type */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const path = join(folder, "tokenizer.json");
  const configPath = join(folder, "tokenizer_config.json");
  const configText = await readOptionalText(configPath);
  const config = configText === undefined ? {} : parseJsonObject(configText, configPath);
  return createTokenizer(parseJsonObject(await readText(path), path), config, path);
}

/**
 * A tokenizer from the parsed tokenizer.json and tokenizer_config.json.
 *
 * @param where names tokenizer.json in errors
 * @throws UserError when it is malformed or of an unsupported type
 */
export function createTokenizer(
  json: Record<string, unknown>,
  config: Record<string, unknown>,
  where = "tokenizer.json",
): Tokenizer {
  const inner = build(json, config, where);
  const size = [...inner.get_vocab().values()].reduce((largest, id) => Math.max(largest, id), -1) + 1;
  const specialTokens = readSpecialTokens(config);
  const tokenId = (token: string | undefined): number | undefined =>
    token === undefined ? undefined : inner.token_to_id(token);
  const encode = (text: string): number[] => {
    if (text === "") return [];
    const { ids, tokens } = inner.encode(text, { add_special_tokens: false });
    const missing = (ids as (number | null | undefined)[]).findIndex((id) => id == null);
    if (missing >= 0) throw unknownText(inner, text, tokens[missing]);
    return ids;
  };
  const bosTokenId = tokenId(specialTokens.bos_token);
  const eosTokenId = tokenId(specialTokens.eos_token);
  return {
    size,
    encode,
    decode: (ids) => {
      const outside = ids.find((id) => inner.id_to_token(id) === undefined);
      if (outside !== undefined) throw new RangeError(`${where}: token id ${outside} has no token`);
      if (ids.length === 0) return "";
      const cleanUp = config.clean_up_tokenization_spaces === true;
      return inner.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: cleanUp });
    },
    tokenId,
    token: (id) => inner.id_to_token(id),
    specialIds: new Set((json.added_tokens as AddedToken[]).flatMap(({ id, special }) => (special ? [id] : []))),
    specialTokens,
    ...(bosTokenId === undefined ? {} : { bosTokenId }),
    addsBos: bosTokenId !== undefined && inner.encode("a").ids[0] === bosTokenId,
    ...(eosTokenId === undefined ? {} : { eosTokenId }),
    marksStart: marksStart(json.normalizer) || marksStart(json.pre_tokenizer),
  };
}

function build(json: Record<string, unknown>, config: Record<string, unknown>, where: string): HuggingFaceTokenizer {
  const model = (json.model ?? {}) as Record<string, unknown>;
  const { type } = model;
  if (typeof type !== "string" || !supportedModels.includes(type)) {
    const came = typeof type === "string" ? type : "none";
    throw new UserError(
      `${where}: model.type: tokenizer type ${came} is not supported; expected ${supportedModels.join(", ")}`,
    );
  }
  if (!Array.isArray(json.added_tokens)) throw new UserError(`${where}: added_tokens: expected a list`);
  refuseOptions(model, json.added_tokens, where);
  const isNormalized = ({ special, normalized }: AddedToken) => normalized ?? special !== true;
  const isFirst = json.normalizer == null || !json.added_tokens.some(isNormalized);
  const steps = {
    normalizer: normalizerSteps(json.normalizer, `${where}: normalizer`),
    pre_tokenizer: preTokenizerSteps(json.pre_tokenizer, `${where}: pre_tokenizer`, isFirst),
  };
  // Python reads these from no tokenizer.json; the library would change the text by them.
  const plain = { ...config, remove_space: false, do_lowercase_and_remove_accent: false };
  try {
    const inner = new HuggingFaceTokenizer({ ...json, ...steps }, plain);
    joinUnknownWithinWords(inner, type, model.byte_fallback === true);
    return inner;
  } catch (error) {
    throw new UserError(`${where}: the tokenizer cannot be built: ${(error as Error).message}`, { cause: error });
  }
}

/** Options that the library passes over. @throws UserError naming the first */
function refuseOptions(model: Record<string, unknown>, addedTokens: AddedToken[], where: string): void {
  const remedy = "use a model whose tokenizer does without";
  if (model.type === "BPE") {
    for (const option of ["dropout", "continuing_subword_prefix"]) {
      if (model[option]) throw new UserError(`${where}: model.${option}: not supported; ${remedy}`);
    }
  }
  const alone = addedTokens.find(({ single_word }) => single_word === true);
  if (alone) throw new UserError(`${where}: added_tokens: "${alone.content}": single_word is not supported; ${remedy}`);
}

/** Special tokens are strings, or objects with `content`. */
function readSpecialTokens(config: Record<string, unknown>): Record<string, string> {
  const found = roles.flatMap((role): [string, string][] => {
    const value = config[role];
    if (typeof value === "string") return [[role, value]];
    const content = (value as { content?: unknown } | null | undefined)?.content;
    return typeof content === "string" ? [[role, content]] : [];
  });
  return Object.fromEntries(found);
}

/** Says which text has no token, and where: the shortest beginning of the text that cannot be encoded ends there. */
function unknownText(inner: HuggingFaceTokenizer, text: string, token: string | undefined): UserError {
  const characters = [...text];
  const fails = (length: number): boolean =>
    (inner.encode(characters.slice(0, length).join(""), { add_special_tokens: false }).ids as unknown[]).some(
      (id) => id == null,
    );
  let [good, bad] = [0, characters.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (fails(middle)) bad = middle;
    else good = middle;
  }
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  const piece = JSON.stringify(token ?? characters[bad - 1]);
  return new UserError(
    `the tokenizer has no token for ${piece} at character ${bad} of ${shown}; remove it, or use a tokenizer with an unknown token or byte fallback`,
  );
}
