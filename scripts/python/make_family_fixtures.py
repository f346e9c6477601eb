"""Write small random models of every family, with the logits, losses and gradients that transformers computes.

Usage: python make_family_fixtures.py MODEL_FOLDER GRADIENT_FOLDER

MODEL_FOLDER/NAME/ is as make_model_fixtures.py describes it (weights in bfloat16), GRADIENT_FOLDER/NAME-full.* and
NAME-lora.* are as make_gradient_fixtures.py does, without logits. All is computed by transformers' own models, each
chat alone and without a mask of ours, so that windows and scalings are transformers'. Parameters are extreme, so that
they are felt within a dozen tokens: windows of 4 tokens, small rotary bases, caps below the usual size of a logit.
"""

import json
import sys
from pathlib import Path

import torch
from make_gradient_fixtures import TARGETS, make_batches
from make_model_fixtures import word_piece, write_model
from safetensors.torch import save_file
from torch.func import functional_call
from transformers import AutoConfig, AutoModelForCausalLM

SIZES = {
    "vocab_size": 64,
    "hidden_size": 12,
    "intermediate_size": 20,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 64,
    "rms_norm_eps": 1e-5,
}
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 100.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
PLAIN = {"rope_type": "default", "rope_theta": 100.0}
GEMMA3_ROPE = {
    "full_attention": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0},
    "sliding_attention": PLAIN,
}
GEMMA = {"tie_word_embeddings": True}
CAPS = {"attn_logit_softcapping": 2.0, "final_logit_softcapping": 1.5}
THIRD_IS_GLOBAL = ["sliding_attention", "sliding_attention", "full_attention"]

FAMILIES = {
    "llama3-scaled": ("llama", {"rope_parameters": LLAMA3, "tie_word_embeddings": True}),
    "smollm2": (
        "llama",
        {"num_attention_heads": 3, "num_key_value_heads": 1, "head_dim": 4, "tie_word_embeddings": True},
    ),
    "mistral": ("mistral", {"sliding_window": 4, "rope_parameters": PLAIN}),
    "qwen2-sliding": (
        "qwen2",
        {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 1, "rope_parameters": PLAIN},
    ),
    "qwen3": ("qwen3", {"rope_parameters": PLAIN, "tie_word_embeddings": True}),
    "gemma": ("gemma", {**GEMMA, "num_key_value_heads": 1, "rope_parameters": PLAIN}),
    "gemma2": ("gemma2", {**GEMMA, **CAPS, "sliding_window": 4, "query_pre_attn_scalar": 5, "rope_parameters": PLAIN}),
    "gemma3": (
        "gemma3_text",
        {
            **GEMMA,
            "num_hidden_layers": 3,
            "layer_types": THIRD_IS_GLOBAL,
            "sliding_window": 4,
            "query_pre_attn_scalar": 5,
            "rope_parameters": GEMMA3_ROPE,
        },
    ),
}


def random_model(model_type, fields, tokenizer, seed):
    """Weights are larger than a usual initialisation, and no norm is 1, so that every non-linearity is felt."""
    ids = {f"{role}_token_id": getattr(tokenizer, f"{role}_token_id") for role in ("bos", "eos", "pad")}
    config = AutoConfig.for_model(model_type, **{**SIZES, **fields}, **ids)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    generator = torch.Generator().manual_seed(seed)
    usual_norm = 0.0 if model_type.startswith("gemma") else 1.0
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(usual_norm + 0.3 * values if "norm" in name else 0.4 * values)
    return model


def random_lora(model, rank, generator):
    """A and B of every targeted module; B is not zero, as if trained already."""
    lora = {}
    for name, parameter in model.named_parameters():
        module = name.removesuffix(".weight")
        if module.split(".")[-1] in TARGETS and name.endswith(".weight"):
            out, size = parameter.shape
            lora[f"{module}.lora_A.weight"] = 0.3 * torch.randn((rank, size), generator=generator)
            lora[f"{module}.lora_B.weight"] = 0.3 * torch.randn((out, rank), generator=generator)
    return lora


def merged(weights, lora, scaling):
    result = dict(weights)
    for name in lora:
        if name.endswith(".lora_A.weight"):
            module = name.removesuffix(".lora_A.weight")
            update = lora[f"{module}.lora_B.weight"] @ lora[name]
            result[f"{module}.weight"] = weights[f"{module}.weight"] + scaling * update
    return result


def loss_of(model, weights, batch):
    """Each row of an unpacked batch alone, without its padding."""
    total, divisor = 0.0, 0.0
    for ids, segments, loss_weights in zip(batch["tokenIds"], batch["segments"], batch["lossWeights"], strict=True):
        length = segments.count(0)
        tokens = torch.tensor([ids[:length]])
        logits = functional_call(model, weights, kwargs={"input_ids": tokens, "use_cache": False}).logits[0]
        log_probs = logits[:-1].log_softmax(-1).gather(-1, tokens[0, 1:, None])[:, 0]
        wanted = torch.tensor(loss_weights[1:length], dtype=torch.float64)
        total, divisor = total - (wanted * log_probs).sum(), divisor + wanted.sum()
    return total / divisor


def write_gradients(folder, name, model, lora_settings, seed):
    generator = torch.Generator().manual_seed(seed)
    model = model.double()
    lora = random_lora(model, lora_settings["rank"], generator) if lora_settings else {}
    scaling = lora_settings["alpha"] / lora_settings["rank"] if lora_settings else 0.0
    weights = {k: v.detach().clone() for k, v in model.named_parameters()}
    doubles = {k: v.double() for k, v in lora.items()}
    trainable = doubles or weights
    for value in trainable.values():
        value.requires_grad_()
    batch, packed = make_batches(generator)
    loss = loss_of(model, merged(weights, doubles, scaling), batch)
    loss.backward()
    tensors = {**weights, **lora, **{f"grad.{k}": v.grad for k, v in trainable.items()}}
    tensors = {k: v.detach().float().contiguous() for k, v in tensors.items()}
    save_file(tensors, folder / f"{name}.safetensors", metadata={"format": "pt"})
    config = model.config.to_diff_dict()
    config["architectures"] = [type(model).__name__]
    facts = {"config": config, "lora": lora_settings, "batch": batch, "packed": packed, "loss": loss.item()}
    (folder / f"{name}.json").write_text(json.dumps(facts) + "\n")
    print(f"{name}: loss {loss.item():.9f}")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: make_family_fixtures.py MODEL_FOLDER GRADIENT_FOLDER")
    models, gradients = Path(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(1)
    tokenizer = word_piece()
    lora = {"rank": 2, "alpha": 4, "rankStabilized": False, "targetModules": TARGETS}
    for seed, (name, (model_type, fields)) in enumerate(FAMILIES.items()):
        model = random_model(model_type, fields, tokenizer, 100 + seed)
        write_gradients(gradients, f"{name}-full", model, None, 200 + seed)
        write_gradients(gradients, f"{name}-lora", model, lora, 300 + seed)
        write_model(models / name, model, tokenizer, torch.bfloat16)


if __name__ == "__main__":
    main()
