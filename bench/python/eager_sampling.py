"""Sampling by hand, with a key-value cache. Called as measure.py says."""

from llama import F, decoder, head, read_weights, rotary_tables, torch
from measure import Meter, read_task


def sample(task, weights, prompts, cos, sin, caches, temperature):
    """New tokens [batch, newTokens]; the likeliest ones where the temperature is 0."""
    position = 0

    def attend(layer, q, k, v):
        keys, values = caches[layer]
        end = position + q.shape[2]
        keys[:, :, position:end], values[:, :, position:end] = k, v
        k, v = keys[:, :, :end], values[:, :, :end]
        return F.scaled_dot_product_attention(q, k, v, is_causal=q.shape[2] > 1, enable_gqa=q.shape[1] != k.shape[1])

    tokens, chosen = prompts, []
    for _ in range(task["newTokens"]):
        end = position + tokens.shape[1]
        hidden = decoder(task["config"], weights, tokens, cos[position:end], sin[position:end], attend)
        logits = head(weights, hidden[:, -1]).float()
        if temperature == 0:
            tokens = logits.argmax(-1, keepdim=True)
        else:
            tokens = torch.multinomial((logits / temperature).softmax(-1), 1)
        chosen.append(tokens)
        position = end
    return torch.cat(chosen, 1)


def main():
    task, half = read_task()
    torch.set_grad_enabled(False)
    torch.manual_seed(0)
    config = task["config"]
    dtype = torch.bfloat16 if half else torch.float32
    weights = {name: weight.to(dtype) for name, weight in read_weights(task).items()}
    prompts = torch.tensor(task["prompts"])
    batch, total = prompts.shape[0], prompts.shape[1] + task["newTokens"]
    cos, sin = rotary_tables(config, total)
    shape = (batch, config["keyValueHeads"], total, config["headDim"])
    caches = [(torch.zeros(shape, dtype=dtype), torch.zeros(shape, dtype=dtype)) for _ in range(config["layers"])]
    first = None
    meter = Meter()
    for temperature in task["temperatures"]:
        replies = sample(task, weights, prompts, cos, sin, caches, temperature)
        meter.step()
        first = replies[:, 0].tolist() if first is None else first
    meter.report(firstTokens=first)


if __name__ == "__main__":
    main()
