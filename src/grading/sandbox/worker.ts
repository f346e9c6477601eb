import { inspect } from "node:util";
import { answer } from "./answer.ts";
import { bootInterpreter } from "./boot.ts";
import type { Interpreter } from "./interpreter.ts";
import type { FromWorker, Reply, Request, Start } from "./messages.ts";
import { watchParent } from "./watchParent.ts";

const send = process.send?.bind(process) as (message: FromWorker, handle?: undefined, sent?: () => void) => boolean;
let interpreter: Interpreter | undefined;

async function start(message: Start): Promise<void> {
  watchParent();
  interpreter = await bootInterpreter(message);
  checkVerdicts(interpreter);
  send({ type: "ready" });
}

/** Grades solutions of which the outcome is known: a worker that gets them wrong must not grade others. */
function checkVerdicts(interpreter: Interpreter): void {
  const ask = (request: Request): Reply => {
    const reply = answer(interpreter, request, () => undefined);
    interpreter.restore();
    return reply;
  };
  const planned = ask({ type: "plan", setup: "", tests: ["assert f(2) == 3", "assert {f(2)} == {3}"] });
  const tests = planned.type === "planned" ? planned.plans : [];
  for (const [added, expected] of [
    [1, "passed"],
    [2, "failure"],
  ] as const) {
    const item = { setup: "", solution: `def f(x):\n    return x + ${added}`, testSetup: "", tests };
    const reply = ask({ type: "run", item, tell: false });
    const isRight =
      reply.type === "verdicts" &&
      reply.verdicts.length === 2 &&
      reply.verdicts.every((verdict) => expected in verdict);
    if (!isRight) throw new Error(`a known solution (x + ${added}) was graded ${JSON.stringify(reply)}`);
  }
}

/** Our own fault: the parent hears of it, and this process ends. */
function fail(error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : inspect(error);
  send({ type: "fault", message }, undefined, () => process.exit(1));
}

process.on("message", (message: Start | Request) => {
  if (message.type === "start") {
    start(message).catch(fail);
    return;
  }
  try {
    const current = interpreter as Interpreter;
    send(answer(current, message, (finding) => send({ type: "finding", finding })));
    // After the reply, while it is under way.
    current.restore();
  } catch (error) {
    fail(error);
  }
});
process.on("uncaughtException", fail);
process.on("disconnect", () => process.exit(0));
