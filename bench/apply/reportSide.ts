/** Does one side's work and prints what it took, as a line of JSON that `run` in sides.ts reads. */
export async function reportSide(work: () => Promise<{ rows: number }>): Promise<void> {
  const clock = performance.now();
  const processor = process.cpuUsage();
  const { rows } = await work();
  const { user, system } = process.cpuUsage(processor);
  console.log(
    JSON.stringify({
      rows,
      seconds: (performance.now() - clock) / 1000,
      processorSeconds: (user + system) / 1e6,
      peakMB: process.resourceUsage().maxRSS / 1024,
    }),
  );
}
