import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ParameterPasses } from "../parameterPasses.ts";

/** The compiled kernels of native/. Pointers are addresses. */
export interface NativeLibrary {
  passes: ParameterPasses;
  /** Which instructions multiply: AMX's tiles, or AVX-512's pairs of bfloat16. */
  instructions: "amx" | "avx512";
  /** @returns 0, or the system's error number when a thread could not be started */
  run(program: Float64Array, slots: BigUint64Array, threads: number): number;
  addressOf(data: ArrayBufferView): bigint;
  /** Zeroed memory, in large pages where the system gives them. @throws RangeError when there is none */
  allocate(bytes: number): { address: bigint; free(): void };
}

let loaded: Promise<NativeLibrary | { unavailable: string }> | undefined;

/** Loads it the first time that it is asked for. @returns the library, or why this machine cannot use it */
export function loadNativeLibrary(): Promise<NativeLibrary | { unavailable: string }> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<NativeLibrary | { unavailable: string }> {
  const instructions = processorInstructions();
  if (typeof instructions !== "string") return instructions;
  const path = fileURLToPath(new URL(`../../../../native/linux-x64/kernels-${instructions}.so`, import.meta.url));
  if (!existsSync(path)) return { unavailable: `${path} is missing` };
  try {
    const { default: koffi } = await import("koffi");
    return bind(koffi, path, instructions);
  } catch (error) {
    return { unavailable: (error as Error).message };
  }
}

function processorInstructions(): NativeLibrary["instructions"] | { unavailable: string } {
  const { platform, arch } = process;
  if (platform !== "linux" || arch !== "x64")
    return { unavailable: `the kernels are built for linux-x64, this is ${platform}-${arch}` };
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.trim().split(" "));
  if (!flags.has("avx512_bf16")) return { unavailable: "the processor has no bfloat16 instructions (avx512_bf16)" };
  return flags.has("amx_bf16") ? "amx" : "avx512";
}

function bind(
  koffi: typeof import("koffi").default,
  path: string,
  instructions: NativeLibrary["instructions"],
): NativeLibrary | { unavailable: string } {
  const library = koffi.load(path);
  const run = library.func("int inoculate_run(const double *program, int64_t words, void **slots, int threads)");
  const requestTiles = library.func("int inoculate_request_tiles()");
  const allocate = library.func("uintptr_t inoculate_allocate(int64_t bytes)");
  const free = library.func("int inoculate_free(uintptr_t start, int64_t bytes)");
  const floats =
    "float scale, float keep, float stepSize, float secondCorrection, float beta1, float beta2, float epsilon";
  const arrays = "float *parameter, const float *gradient, float *first, float *second, int64_t count";
  const adamw = library.func(`void inoculate_adamw(${arrays}, ${floats})`);
  const squareSum = library.func("double inoculate_square_sum(const float *x, int64_t count)");
  if (requestTiles() !== 0) return { unavailable: "the system does not let this process use the processor's tiles" };
  return {
    instructions,
    passes: {
      addSquares: (sum, numbers) => sum + (squareSum(numbers, numbers.length) as number),
      adamw: (parameter, gradient, { first, second }, factors) => {
        const { gradientScale, keep, stepSize, secondCorrection, beta1, beta2, epsilon } = factors;
        const numbers = [gradientScale, keep, stepSize, secondCorrection, beta1, beta2, epsilon];
        adamw(parameter, gradient, first, second, parameter.length, ...numbers);
      },
    },
    run: (program, slots, threads) => run(program, program.length, slots, threads) as number,
    addressOf: (data) => koffi.address(data),
    allocate: (bytes) => {
      const address = BigInt(allocate(bytes));
      if (address === 0n) throw new RangeError(`there is no room for ${bytes} bytes`);
      return { address, free: () => void free(address, bytes) };
    },
  };
}
