"""How far gradients under PyTorch's bfloat16 autocast are from the exact ones, per gradient fixture.

Usage: python autocast_noise.py FIXTURE_FOLDER. Writes autocast.json there: |g - exact| / |exact| over all gradients together,
for transformers' models with float32 weights and low-rank updates as peft computes them.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM


def build(config, tensors):
    fields = {key: value for key, value in config.items() if key != "model_type"}
    model = AutoModelForCausalLM.from_config(
        AutoConfig.for_model(config["model_type"], **fields), attn_implementation="eager"
    ).float()
    weights = {name: value for name, value in tensors.items() if name in dict(model.named_parameters())}
    missing = model.load_state_dict(weights, strict=False).missing_keys
    assert all("inv_freq" in name or name == "lm_head.weight" for name in missing), missing
    model.tie_weights()
    return model


def add_adapters(model, tensors, scaling):
    adapters = {name: value.requires_grad_() for name, value in tensors.items() if ".lora_" in name and "grad." not in name}

    def hook(a, b):
        return lambda _module, inputs, output: output + scaling * torch.nn.functional.linear(
            torch.nn.functional.linear(inputs[0], a), b
        )

    for name, module in model.named_modules():
        if f"{name}.lora_A.weight" in adapters:
            module.register_forward_hook(hook(adapters[f"{name}.lora_A.weight"], adapters[f"{name}.lora_B.weight"]))
    return adapters


def loss_of(model, batch):
    """Each row alone, without its padding."""
    total, divisor = 0.0, 0.0
    for ids, segments, loss_weights in zip(batch["tokenIds"], batch["segments"], batch["lossWeights"], strict=True):
        length = segments.count(0)
        tokens = torch.tensor([ids[:length]])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(input_ids=tokens, use_cache=False).logits[0]
        log_probs = logits[:-1].float().log_softmax(-1).gather(-1, tokens[0, 1:, None])[:, 0]
        wanted = torch.tensor(loss_weights[1:length])
        total, divisor = total - (wanted * log_probs).sum(), divisor + wanted.sum()
    return total / divisor


def noise(folder, name):
    facts = json.loads((folder / f"{name}.json").read_text())
    tensors = load_file(folder / f"{name}.safetensors")
    model = build(facts["config"], tensors)
    lora = facts["lora"]
    trained = add_adapters(model, tensors, lora["alpha"] / lora["rank"]) if lora else dict(model.named_parameters())
    loss_of(model, facts["batch"]).backward()
    exact = {key: value for key, value in tensors.items() if key.startswith("grad.")}
    error = sum(((trained[key.removeprefix("grad.")].grad - value) ** 2).sum() for key, value in exact.items())
    return (error / sum((value**2).sum() for value in exact.values())).sqrt().item()


def main():
    folder = Path(sys.argv[1])
    names = sorted(path.stem for path in folder.glob("*.safetensors"))
    result = {name: float(f"{noise(folder, name):.4g}") for name in names}
    (folder / "autocast.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
