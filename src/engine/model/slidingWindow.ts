import type { ModelConfig } from "./config.ts";
import type { ConfigFile, Refuse } from "./configFile.ts";

/** Layers that look back only so far; the others see everything before them. */
export interface SlidingWindow {
  /** Tokens that a token sees, itself included. */
  size: number;
  /** Numbers of the layers, counted from 0. */
  layers: number[];
  /** Rotary base of these layers, without scaling. @default that of all layers */
  ropeTheta?: number;
}

const [full, sliding] = ["full_attention", "sliding_attention"];

/**
 * One thing per layer: `wide` for layers that see everything before them, `narrow` for those with a sliding window.
 * Each is made once, and only if some layer needs it.
 */
export function perLayer<T>(
  { layers, slidingWindow }: ModelConfig,
  wide: () => T,
  narrow: (window: SlidingWindow) => T,
): T[] {
  const slides = new Set(slidingWindow?.layers);
  const everywhere = slides.size < layers ? wide() : undefined;
  const local = slidingWindow && narrow(slidingWindow);
  return Array.from({ length: layers }, (_, layer) => (slides.has(layer) ? local : everywhere) as T);
}

/**
 * The window of the layers that `layer_types` names; where the file has no such list, of those that `slides` picks.
 *
 * @param size tokens; `undefined` is refused if a layer slides
 */
export function readSlidingWindow(
  { layer_types, num_hidden_layers: layers }: ConfigFile,
  size: number | undefined,
  slides: (layer: number) => boolean,
  refuse: Refuse,
): Pick<ModelConfig, "slidingWindow"> {
  const types = layer_types ?? Array.from({ length: layers }, (_, layer) => (slides(layer) ? sliding : full));
  if (types.length !== layers)
    refuse("layer_types", `expected one entry for each of the ${layers} layers, got ${types.length}`);
  const other = types.find((type) => type !== full && type !== sliding);
  if (other !== undefined) refuse("layer_types", `"${other}" is not supported, only "${full}" and "${sliding}"`);
  const numbers = [...types.keys()].filter((layer) => types[layer] === sliding);
  if (numbers.length === 0) return {};
  if (size === undefined)
    return refuse("layer_types", `some are "${sliding}", but no sliding window is in use; expected only "${full}"`);
  return { slidingWindow: { size, layers: numbers } };
}

/** The `layer_types` of config.json. */
export function layerTypes(config: ModelConfig): unknown[] {
  return perLayer(
    config,
    () => full,
    () => sliding,
  );
}
