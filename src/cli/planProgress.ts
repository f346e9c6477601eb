import type { ReproduceEvent } from "../experiment/events.ts";
import { duration } from "../report/format.ts";

/** One line per finished run. */
export function planProgress(note: (line: string) => unknown): (event: ReproduceEvent) => void {
  let finished: { id: string; reused: boolean } | null = null;
  return (event) => {
    if (event.type === "run-finished") finished = { id: event.run.id, reused: event.reused };
    if (event.type === "run-note") note(`${event.run.id}: ${event.message}`);
    if (event.type === "run-failed" && event.willRetry) note(`once more: ${event.run.id} (${event.message})`);
    if (event.type !== "estimate" || finished === null || finished.reused) return;
    const left = event.secondsLeft ? `; about ${duration(event.secondsLeft)} left` : "";
    note(`[${event.done}/${event.total}] ${finished.id}${left}`);
  };
}
