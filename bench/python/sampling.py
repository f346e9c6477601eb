"""Time sampling with a key-value cache. Usage: python sampling.py TASK_JSON. Prints one line of JSON: processor seconds of each round."""

import json
import time

from llama import F, decoder, head, read_task, rotary_tables, torch


def sample(task, weights, prompts, cos, sin, caches):
    length, new_tokens = prompts.shape[1], task["newTokens"]
    position = 0

    def attend(layer, q, k, v):
        keys, values = caches[layer]
        end = position + q.shape[2]
        keys[:, :, position:end], values[:, :, position:end] = k, v
        k, v = keys[:, :, :end], values[:, :, :end]
        return F.scaled_dot_product_attention(
            q, k, v, is_causal=q.shape[2] > 1, enable_gqa=q.shape[1] != k.shape[1]
        )

    tokens = prompts
    for step in range(new_tokens):
        end = position + tokens.shape[1]
        hidden = decoder(task, weights, tokens, cos[position:end], sin[position:end], attend)
        logits = head(weights, hidden[:, -1]).float() / task["temperature"]
        tokens = torch.multinomial(logits.softmax(-1), 1)
        position = end


def main():
    task, weights = read_task()
    torch.set_grad_enabled(False)
    torch.manual_seed(0)
    dtype = torch.bfloat16 if task["dtype"] == "bf16" else torch.float32
    weights = {name: weight.to(dtype) for name, weight in weights.items()}
    prompts = torch.tensor(task["prompts"])
    batch, total = prompts.shape[0], prompts.shape[1] + task["newTokens"]
    cos, sin = rotary_tables(task, total)
    shape = (batch, task["keyValueHeads"], total, task["headDim"])
    caches = [(torch.zeros(shape, dtype=dtype), torch.zeros(shape, dtype=dtype)) for _ in range(task["layers"])]
    seconds = []
    for _ in range(task["rounds"]):
        start = time.process_time()
        sample(task, weights, prompts, cos, sin, caches)
        seconds.append(time.process_time() - start)
    print(json.dumps({"seconds": seconds, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
