#!/usr/bin/env node
import { runCommandLine } from "./runCommandLine.ts";

// Whoever reads our output may stop early, e.g. `inoculate --help | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await runCommandLine(process.argv.slice(2));
