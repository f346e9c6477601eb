/** Processor time of this process so far, all its threads together, in seconds. Time that others use is not in it. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
