"""The peer written by hand: a Llama decoder in eager PyTorch, with what PyTorch offers today (fused attention, RMS norm)."""

import os

import torch
import torch.nn.functional as F
from safetensors.torch import load_file


def read_weights(task):
    """The model's weights, by Hugging Face names."""
    return load_file(os.path.join(task["model"], "model.safetensors"))


def read_adapter(task):
    """The adapter's weights, by the names of the base model's modules."""
    stored = load_file(os.path.join(task["adapter"], "adapter_model.safetensors"))
    return {name.removeprefix("base_model.model."): weight for name, weight in stored.items()}


def rotary_tables(config, length):
    half = config["headDim"] // 2
    frequencies = config["ropeTheta"] ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.arange(length)[:, None] * torch.cat([frequencies, frequencies])
    return angles.cos().float(), angles.sin().float()


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    turned = torch.cat([-x[..., half:], x[..., :half]], -1)
    return x * cos.to(x.dtype) + turned * sin.to(x.dtype)


def decoder(config, weights, tokens, cos, sin, attend, adapters=None, scaling=1.0):
    """Hidden states [batch, tokens, hidden] after the final norm; `attend(layer, q, k, v)` works on [batch, heads, tokens, dim]."""
    heads, kv_heads, head_dim, eps = (
        config[name] for name in ("heads", "keyValueHeads", "headDim", "rmsNormEps")
    )
    batch, length = tokens.shape

    def linear(x, module):
        y = F.linear(x, weights[f"{module}.weight"])
        if adapters is None:
            return y
        a, b = adapters[f"{module}.lora_A.weight"], adapters[f"{module}.lora_B.weight"]
        return y + F.linear(scaling * F.linear(x, a), b)

    def norm(x, name):
        return F.rms_norm(x, x.shape[-1:], weights[name].to(x.dtype), eps)

    x = F.embedding(tokens, weights["model.embed_tokens.weight"])
    for layer in range(config["layers"]):
        prefix = f"model.layers.{layer}"
        h = norm(x, f"{prefix}.input_layernorm.weight")
        q, k, v = (
            linear(h, f"{prefix}.self_attn.{name}_proj").view(batch, length, count, head_dim).transpose(1, 2)
            for name, count in (("q", heads), ("k", kv_heads), ("v", kv_heads))
        )
        mixed = attend(layer, rotate(q, cos, sin), rotate(k, cos, sin), v)
        x = x + linear(mixed.transpose(1, 2).reshape(batch, length, -1), f"{prefix}.self_attn.o_proj")
        h = norm(x, f"{prefix}.post_attention_layernorm.weight")
        gated = F.silu(linear(h, f"{prefix}.mlp.gate_proj")) * linear(h, f"{prefix}.mlp.up_proj")
        x = x + linear(gated, f"{prefix}.mlp.down_proj")
    return norm(x, "model.norm.weight")


def head(weights, hidden):
    return F.linear(hidden, weights.get("lm_head.weight", weights["model.embed_tokens.weight"]))
