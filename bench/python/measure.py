"""What the scripts of the speed table share: the task, threads, time, peak memory and the line that they print.

Every script is called as: SCRIPT.py TASK_JSON fp32|bf16 THREADS, with BENCH_STARTED_AT (seconds since the epoch) in the
environment, and prints one line of JSON: processor and clock seconds of every step, of the time from the start of the
process to the end of the first step, and the peak of resident memory.
"""

import json
import os
import sys
import time

import torch


def read_task():
    """The task, whether to compute in bfloat16, and the number of threads, which are set."""
    path, precision, threads = sys.argv[1:4]
    with open(path, encoding="utf8") as file:
        task = json.load(file)
    torch.set_num_threads(int(threads))
    torch.set_flush_denormal(True)
    return task, precision == "bf16"


def since_start():
    """Processor seconds of all threads and seconds on the clock since the process was started."""
    return time.process_time(), time.time() - float(os.environ["BENCH_STARTED_AT"])


class Meter:
    """Times one step after another."""

    def __init__(self):
        self.steps = []
        self.first_step = None
        self.last = since_start()

    def step(self):
        """A step ended."""
        now = since_start()
        self.steps.append({"processor": now[0] - self.last[0], "clock": now[1] - self.last[1]})
        if self.first_step is None:
            self.first_step = {"processor": now[0], "clock": now[1]}
        self.last = now

    def report(self, **checks):
        """Prints the result. `checks` are figures by which the sides can be seen to do the same work."""
        result = {"steps": self.steps, "firstStep": self.first_step, "peakBytes": peak_bytes(), "checks": checks}
        print(json.dumps(result))


def peak_bytes():
    with open("/proc/self/status", encoding="utf8") as file:
        line = next(line for line in file if line.startswith("VmHWM:"))
    return 1024 * int(line.split()[1])
