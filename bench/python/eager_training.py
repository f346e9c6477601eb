"""Training steps by the loop that one writes by hand: forward, backward, clipping, fused AdamW. Called as measure.py says."""

import contextlib

from llama import F, decoder, head, read_adapter, read_weights, rotary_tables, torch
from measure import Meter, read_task


# On shorter rows the backward pass of PyTorch 2.15's fused attention takes 9 times as long in bfloat16 as in float32.
BF16_ATTENTION_FROM = 128


def frozen_in_bf16(name, weight):
    """The layers' matrices in bfloat16, which spares autocast the conversion in every step."""
    return weight.bfloat16() if "layers" in name and weight.dim() == 2 else weight


def causal(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=q.shape[1] != k.shape[1])


def main():
    task, half = read_task()
    config, recipe = task["config"], task["recipe"]
    weights, adapters = read_weights(task), None
    if task["method"] == "lora":
        adapters = read_adapter(task)
        if half:
            weights = {name: frozen_in_bf16(name, weight) for name, weight in weights.items()}
    trainable = list((adapters or weights).values())
    for weight in trainable:
        weight.requires_grad_()
    optimizer = torch.optim.AdamW(
        trainable,
        lr=recipe["learningRate"],
        betas=(recipe["beta1"], recipe["beta2"]),
        eps=recipe["epsilon"],
        weight_decay=recipe["weightDecay"],
        fused=True,
    )
    tokens = torch.tensor(task["tokenIds"])
    # The hidden state before each token with loss predicts it; logits are computed only there. All weights are 1.
    rows, columns = torch.nonzero(torch.tensor(task["lossWeights"])[:, 1:], as_tuple=True)
    targets = tokens[rows, columns + 1]
    cos, sin = rotary_tables(config, tokens.shape[1])

    def attend(_, q, k, v):
        if half and q.shape[2] <= BF16_ATTENTION_FROM:
            with torch.autocast("cpu", enabled=False):
                return causal(q.float(), k.float(), v.float())
        return causal(q, k, v)

    losses, norms = [], []
    meter = Meter()
    for _ in range(task["steps"]):
        with torch.autocast("cpu", dtype=torch.bfloat16) if half else contextlib.nullcontext():
            hidden = decoder(config, weights, tokens, cos, sin, attend, adapters, task["scaling"])
            logits = head(weights, hidden[rows, columns])
        loss = F.cross_entropy(logits.float(), targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trainable, recipe["maxGradNorm"])
        optimizer.step()
        losses.append(loss.item())
        norms.append(norm.item())
        meter.step()
    meter.report(firstLoss=losses[0], firstGradNorm=norms[0])


if __name__ == "__main__":
    main()
