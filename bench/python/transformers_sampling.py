"""Sampling by transformers' generate(). Called as measure.py says."""

import torch
from measure import Meter, read_task
from transformers import AutoModelForCausalLM


def main():
    task, half = read_task()
    torch.manual_seed(0)
    dtype = "bfloat16" if half else "float32"
    model = AutoModelForCausalLM.from_pretrained(task["model"], dtype=dtype, attn_implementation="sdpa").eval()
    prompts = torch.tensor(task["prompts"])
    length, new_tokens = prompts.shape[1], task["newTokens"]
    first = None
    meter = Meter()
    for temperature in task["temperatures"]:
        choice = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0} if temperature else {}
        replies = model.generate(
            prompts,
            attention_mask=torch.ones_like(prompts),
            max_new_tokens=new_tokens,
            pad_token_id=0,
            **(choice or {"do_sample": False}),
        )
        if replies.shape[1] != length + new_tokens:
            raise RuntimeError(f"expected {new_tokens} new tokens, got {replies.shape[1] - length}")
        meter.step()
        first = replies[:, length].tolist() if first is None else first
    meter.report(firstTokens=first)


if __name__ == "__main__":
    main()
