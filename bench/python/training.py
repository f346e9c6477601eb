"""Time training steps. Usage: python training.py TASK_JSON. Prints one line of JSON: processor seconds of each step, first loss."""

import contextlib
import json
import time

from llama import F, decoder, head, read_task, rotary_tables, torch


def main():
    task, weights = read_task()
    adapters = None
    if task["method"] == "lora":
        adapters = {name: weights.pop(name).requires_grad_() for name in list(weights) if ".lora_" in name}
    else:
        for weight in weights.values():
            weight.requires_grad_()
    trainable = list((adapters or weights).values())
    optimizer = torch.optim.AdamW(trainable, lr=1e-4, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    tokens = torch.tensor(task["tokenIds"])
    # The hidden state before each token with loss predicts it; all weights are 1.
    rows, columns = torch.nonzero(torch.tensor(task["lossWeights"])[:, 1:], as_tuple=True)
    targets = tokens[rows, columns + 1]
    cos, sin = rotary_tables(task, tokens.shape[1])
    half = task["dtype"] == "bf16"

    def attend(_, q, k, v):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=q.shape[1] != k.shape[1])

    seconds, losses = [], []
    for _ in range(task["steps"]):
        start = time.process_time()
        with torch.autocast("cpu", dtype=torch.bfloat16) if half else contextlib.nullcontext():
            hidden = decoder(task, weights, tokens, cos, sin, attend, adapters)
            logits = head(weights, hidden[rows, columns])
        loss = F.cross_entropy(logits.float(), targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trainable, 1.0)
        optimizer.step()
        seconds.append(time.process_time() - start)
        losses.append(loss.item())
    print(json.dumps({"seconds": seconds, "firstLoss": losses[0], "torch": torch.__version__}))


if __name__ == "__main__":
    main()
