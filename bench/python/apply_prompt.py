"""Inserts a prefix into each row's last user text with the `datasets` library and writes JSON lines.

Usage: apply_prompt.py DATA OUT PREFIX {rows,batches} SCRATCH
Prints one line of JSON: rows, seconds and processor seconds without imports, peak memory in MB.
"""

import json
import resource
import sys
import time

import datasets

data, out, prefix, mode, scratch = sys.argv[1:]
datasets.disable_progress_bars()


def insert(row):
    if "prompt" in row:
        return {"prompt": prefix + row["prompt"]}
    messages = row["messages"]
    for message in reversed(messages):
        if message["role"] == "user":
            message["content"] = prefix + message["content"]
            break
    return {"messages": messages}


def insert_batch(rows):
    name = "prompt" if "prompt" in rows else "messages"
    return {name: [insert({name: value})[name] for value in rows[name]]}


clock, processor = time.perf_counter(), time.process_time()
loaded = datasets.load_dataset("json", data_files=data, split="train", cache_dir=scratch)
mapped = loaded.map(insert) if mode == "rows" else loaded.map(insert_batch, batched=True)
mapped.to_json(out, force_ascii=False)
print(
    json.dumps(
        {
            "rows": len(mapped),
            "seconds": time.perf_counter() - clock,
            "processorSeconds": time.process_time() - processor,
            "peakMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
