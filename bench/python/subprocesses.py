"""Tests solutions by starting Python twice for each: with the first test, and with all tests.

Usage: subprocesses.py TASK.json, with {"python", "workers", "timeout", "solutions": [{"solution", "testSetup", "tests"}]}.
Prints one line of JSON: for each solution whether the first test and whether all tests passed.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

with open(sys.argv[1], encoding="utf8") as file:
    task = json.load(file)


def passes(solution, tests):
    program = "\n".join([solution["solution"], solution["testSetup"], *tests])
    try:
        done = subprocess.run(
            [task["python"], "-c", program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=task["timeout"],
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def grade(solution):
    return [passes(solution, solution["tests"][:1]), passes(solution, solution["tests"])]


with ThreadPoolExecutor(task["workers"]) as pool:
    print(json.dumps(list(pool.map(grade, task["solutions"]))))
