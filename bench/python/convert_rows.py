"""Turns rows of `messages` into ShareGPT's `conversations` and writes JSON lines: with `json` a line at a time, or with
the `datasets` library.

Usage: convert_rows.py DATA OUT {json,datasets} SCRATCH
Prints one line of JSON: rows, seconds and processor seconds without imports, peak memory in MB.
"""

import json
import resource
import sys
import time

data, out, mode, scratch = sys.argv[1:]
if mode == "datasets":
    import datasets

    datasets.disable_progress_bars()

names = {"system": "system", "user": "human", "assistant": "gpt"}


def convert(row):
    turns = [{"from": names[m["role"]], "value": m["content"]} for m in row["messages"]]
    return {"conversations": turns}


def with_json():
    rows = 0
    with open(data, encoding="utf8") as lines, open(out, "w", encoding="utf8") as written:
        for line in lines:
            row = json.loads(line)
            fields = {**convert(row), **row}
            del fields["messages"]
            written.write(json.dumps(fields, ensure_ascii=False) + "\n")
            rows += 1
    return rows


def with_datasets():
    loaded = datasets.load_dataset("json", data_files=data, split="train", cache_dir=scratch)
    mapped = loaded.map(convert, remove_columns=["messages"])
    mapped.to_json(out, force_ascii=False)
    return len(mapped)


clock, processor = time.perf_counter(), time.process_time()
rows = with_json() if mode == "json" else with_datasets()
print(
    json.dumps(
        {
            "rows": rows,
            "seconds": time.perf_counter() - clock,
            "processorSeconds": time.process_time() - processor,
            "peakMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
