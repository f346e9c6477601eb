import { expect, test } from "vitest";
import { parseSpeedOptions } from "../../bench/speed/options.ts";
import { UserError } from "../../src/util/errors.ts";

test("everything is measured unless told otherwise", () => {
  expect(parseSpeedOptions([])).toEqual({
    shapes: ["tiny", "smollm"],
    threads: [1, 2],
    kinds: ["training", "sampling"],
    help: false,
  });
});

test("options narrow the run", () => {
  const args = ["--shapes", "micro", "--threads", "4", "--only", "sampling", "--executors", "onnx", "--rounds", "5"];
  expect(parseSpeedOptions(args)).toEqual({
    shapes: ["micro"],
    threads: [4],
    kinds: ["sampling"],
    executors: ["onnx"],
    rounds: 5,
    help: false,
  });
});

test.each([
  [["--shapes", "tiny,huge"], /--shapes: expected names of tiny, micro, smollm, got "huge"/],
  [["--threads", "0"], /--threads: expected whole numbers above 0, got "0"/],
  [["--threads", "1,two"], /got "two"/],
  [["--rounds", "1.5"], /--rounds/],
  [["--only", "grading"], /--only: expected names of training, sampling/],
  [["--executors", "none"], /--executors/],
  [["--shape", "tiny"], /--shape[\s\S]*Usage/],
])("%j is refused", (args, message) => {
  expect(() => parseSpeedOptions(args)).toThrow(UserError);
  expect(() => parseSpeedOptions(args)).toThrow(message);
});
