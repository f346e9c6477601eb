"""Write losses and gradients computed by PyTorch, and AdamW steps, as fixtures for the engine's tests.

Usage: python make_gradient_fixtures.py OUT_FOLDER

Per case NAME there is NAME.json (Hugging Face config, LoRA settings, batches, loss) and NAME.safetensors (float32):
  <HF name>                       weights, e.g. model.layers.0.self_attn.q_proj.weight [out, in]
  <module>.lora_A.weight          [rank, in] and <module>.lora_B.weight [out, rank], LoRA cases only
  grad.<name of a parameter>      gradient of the loss; full cases: every weight, LoRA cases: every A and B
  logits                          [4, 12, vocab] of `batch` (padding rows included; ignore those)

A batch holds integer arrays [rows, tokens] and float lossWeights [rows, tokens]:
  lossWeights[b][t] is the weight of predicting tokenIds[b][t], that is, of position t as TARGET; its logits stand at
  position t - 1. Weights at the first token of a segment are 0 (so t = 0 always is).
  loss = sum(lossWeights * negativeLogLikelihood) / sum(lossWeights), over the whole batch.
  Position i attends to j <= i (by place in the row) where segments[b][i] == segments[b][j].
  Padding stands on the right: token 0, position 0, segment -1, weight 0.
`packed` holds the same four chats in three rows; its loss and gradients are the same.

Weights and inputs are float32 values; everything is computed in float64 by the functions below, whose loss is compared
with transformers' (and peft's) before anything is written.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

VOCAB, HIDDEN, LAYERS, HEADS, FEED_FORWARD, TOKENS = 64, 32, 2, 4, 48, 12
LENGTHS = [5, 7, 9, 12]
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def make_config(architecture, kv_heads, tied):
    """A Hugging Face config.json as a dict."""
    return {
        "architectures": [architecture],
        "model_type": "llama" if architecture.startswith("Llama") else "qwen2",
        "vocab_size": VOCAB,
        "hidden_size": HIDDEN,
        "intermediate_size": FEED_FORWARD,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": kv_heads,
        "head_dim": HIDDEN // HEADS,
        "max_position_embeddings": 64,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "tie_word_embeddings": tied,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 0,
    }


def parameter_shapes(config):
    """Hugging Face names and shapes of every weight."""
    head_dim, kv = config["head_dim"], config["num_key_value_heads"]
    shapes = {"model.embed_tokens.weight": (VOCAB, HIDDEN)}
    for layer in range(LAYERS):
        name = f"model.layers.{layer}."
        for module, out, size in [
            ("self_attn.q_proj", HEADS * head_dim, HIDDEN),
            ("self_attn.k_proj", kv * head_dim, HIDDEN),
            ("self_attn.v_proj", kv * head_dim, HIDDEN),
            ("self_attn.o_proj", HIDDEN, HEADS * head_dim),
            ("mlp.gate_proj", FEED_FORWARD, HIDDEN),
            ("mlp.up_proj", FEED_FORWARD, HIDDEN),
            ("mlp.down_proj", HIDDEN, FEED_FORWARD),
        ]:
            shapes[f"{name}{module}.weight"] = (out, size)
            if config["model_type"] == "qwen2" and module[-6:] in ("q_proj", "k_proj", "v_proj"):
                shapes[f"{name}{module}.bias"] = (out,)
        shapes[f"{name}input_layernorm.weight"] = (HIDDEN,)
        shapes[f"{name}post_attention_layernorm.weight"] = (HIDDEN,)
    shapes["model.norm.weight"] = (HIDDEN,)
    if not config["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (VOCAB, HIDDEN)
    return shapes


def random_weights(shapes, generator):
    """float32 values, larger than a usual initialisation so that every non-linearity is felt."""
    weights = {}
    for name, shape in shapes.items():
        values = torch.randn(shape, generator=generator)
        weights[name] = 1 + 0.2 * values if "norm" in name else 0.25 * values
    return weights


def random_lora(shapes, rank, generator):
    """A and B of every targeted module; B is not zero, as if trained already."""
    lora = {}
    for name, shape in shapes.items():
        module = name.removesuffix(".weight")
        if module.split(".")[-1] in TARGETS and name.endswith(".weight"):
            lora[f"{module}.lora_A.weight"] = 0.2 * torch.randn((rank, shape[1]), generator=generator)
            lora[f"{module}.lora_B.weight"] = 0.2 * torch.randn((shape[0], rank), generator=generator)
    return lora


def make_batches(generator):
    """Four chats, one per row and padded; and the same four with the first two packed into one row."""
    chats = []
    for length in LENGTHS:
        ids = torch.randint(3, VOCAB, (length,), generator=generator).tolist()
        ids[0] = 1
        reply = length // 2
        weights = [0.0] * reply + [1.0, 0.5, 2.0, 1.0, 0.25, 1.0, 1.0][: length - reply]
        chats.append((ids, weights))
    rows = [[0], [1], [2], [3]], [[0, 1], [2], [3]]
    return [to_batch([[chats[i] for i in row] for row in layout]) for layout in rows]


def to_batch(rows):
    batch = {"tokenIds": [], "positions": [], "segments": [], "lossWeights": []}
    for row in rows:
        ids, positions, segments, weights = [], [], [], []
        for segment, (chat, chat_weights) in enumerate(row):
            ids += chat
            positions += range(len(chat))
            segments += [segment] * len(chat)
            weights += chat_weights
        padding = TOKENS - len(ids)
        batch["tokenIds"].append(ids + [0] * padding)
        batch["positions"].append(positions + [0] * padding)
        batch["segments"].append(segments + [-1] * padding)
        batch["lossWeights"].append(weights + [0.0] * padding)
    return batch


def rms_norm(x, weight, eps):
    return weight * x * torch.rsqrt((x * x).mean(-1, keepdim=True) + eps)


def rotate(x, positions, theta):
    """x [rows, heads, tokens, head_dim]; halves rotated, as Hugging Face's Llama does."""
    half = x.shape[-1] // 2
    frequencies = theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = positions[:, None, :, None].double() * frequencies
    first, second = x[..., :half], x[..., half:]
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def forward(config, weights, lora, scaling, batch):
    """Logits [rows, tokens, vocab] in float64."""
    ids, positions, segments = (torch.tensor(batch[k]) for k in ("tokenIds", "positions", "segments"))
    rows, tokens = ids.shape
    heads, kv, head_dim = config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"]
    eps, theta = config["rms_norm_eps"], config["rope_theta"]
    allowed = (segments[:, :, None] == segments[:, None, :]) & torch.ones(tokens, tokens).tril().bool()

    def linear(x, module):
        y = x @ weights[f"{module}.weight"].T
        if f"{module}.bias" in weights:
            y = y + weights[f"{module}.bias"]
        if f"{module}.lora_A.weight" in lora:
            y = y + scaling * (x @ lora[f"{module}.lora_A.weight"].T @ lora[f"{module}.lora_B.weight"].T)
        return y

    def split(x, count):
        return x.view(rows, tokens, count, head_dim).transpose(1, 2)

    x = weights["model.embed_tokens.weight"][ids]
    for layer in range(config["num_hidden_layers"]):
        name = f"model.layers.{layer}."
        h = rms_norm(x, weights[f"{name}input_layernorm.weight"], eps)
        q = rotate(split(linear(h, f"{name}self_attn.q_proj"), heads), positions, theta)
        k = rotate(split(linear(h, f"{name}self_attn.k_proj"), kv), positions, theta)
        v = split(linear(h, f"{name}self_attn.v_proj"), kv)
        k, v = (t.repeat_interleave(heads // kv, dim=1) for t in (k, v))
        scores = (q @ k.transpose(-1, -2)) / head_dim**0.5
        mixed = scores.masked_fill(~allowed[:, None], float("-inf")).softmax(-1) @ v
        x = x + linear(mixed.transpose(1, 2).reshape(rows, tokens, -1), f"{name}self_attn.o_proj")
        h = rms_norm(x, weights[f"{name}post_attention_layernorm.weight"], eps)
        gate = torch.nn.functional.silu(linear(h, f"{name}mlp.gate_proj"))
        x = x + linear(gate * linear(h, f"{name}mlp.up_proj"), f"{name}mlp.down_proj")
    x = rms_norm(x, weights["model.norm.weight"], eps)
    return x @ weights.get("lm_head.weight", weights["model.embed_tokens.weight"]).T


def weighted_loss(logits, batch):
    ids, loss_weights = torch.tensor(batch["tokenIds"]), torch.tensor(batch["lossWeights"], dtype=torch.float64)
    log_probs = logits[:, :-1].log_softmax(-1)
    nll = -log_probs.gather(-1, ids[:, 1:, None])[..., 0]
    return (loss_weights[:, 1:] * nll).sum() / loss_weights[:, 1:].sum()


def loss_and_gradients(config, weights, lora, scaling, batch):
    weights = {name: value.double() for name, value in weights.items()}
    lora = {name: value.double() for name, value in lora.items()}
    trainable = lora or weights
    for value in trainable.values():
        value.requires_grad_()
    logits = forward(config, weights, lora, scaling, batch)
    loss = weighted_loss(logits, batch)
    loss.backward()
    return loss.item(), {name: value.grad for name, value in trainable.items()}, logits.detach()


def reference_loss(config, weights, lora, lora_settings, batch):
    """The same loss by transformers (and peft), in its own float32-with-float64 arithmetic."""
    from transformers import AutoConfig, AutoModelForCausalLM

    fields = {k: v for k, v in config.items() if k != "model_type"}
    hf_config = AutoConfig.for_model(config["model_type"], attn_implementation="eager", **fields)
    model = AutoModelForCausalLM.from_config(hf_config, attn_implementation="eager").double()
    missing = model.load_state_dict({k: v.double() for k, v in weights.items()}, strict=False)
    assert not missing.unexpected_keys and set(missing.missing_keys) <= {"lm_head.weight"}, missing
    model.tie_weights()
    if lora:
        from peft import LoraConfig, get_peft_model, set_peft_model_state_dict

        settings = LoraConfig(
            r=lora_settings["rank"], lora_alpha=lora_settings["alpha"], target_modules=TARGETS, task_type="CAUSAL_LM"
        )
        model = get_peft_model(model, settings)
        state = {f"base_model.model.{name}": value.double() for name, value in lora.items()}
        unexpected = set_peft_model_state_dict(model, state).unexpected_keys
        assert not unexpected, unexpected
    segments = torch.tensor(batch["segments"])
    allowed = (segments[:, :, None] == segments[:, None, :]) & torch.ones(TOKENS, TOKENS).tril().bool()
    mask = torch.zeros(allowed.shape, dtype=torch.float64).masked_fill(~allowed, float("-inf"))[:, None]
    with torch.no_grad():
        logits = model.eval()(
            input_ids=torch.tensor(batch["tokenIds"]), position_ids=torch.tensor(batch["positions"]), attention_mask=mask
        ).logits
    return weighted_loss(logits, batch).item()


def write_case(folder, name, config, lora_settings, seed):
    generator = torch.Generator().manual_seed(seed)
    shapes = parameter_shapes(config)
    weights = random_weights(shapes, generator)
    batch, packed = make_batches(generator)
    lora = random_lora(shapes, lora_settings["rank"], generator) if lora_settings else {}
    scaling = lora_settings["alpha"] / lora_settings["rank"] if lora_settings else 0.0

    loss, gradients, logits = loss_and_gradients(config, weights, lora, scaling, batch)
    packed_loss, packed_gradients, _ = loss_and_gradients(config, weights, lora, scaling, packed)
    assert abs(loss - packed_loss) < 1e-12
    assert all(torch.allclose(gradients[k], packed_gradients[k], atol=1e-12) for k in gradients)
    reference = reference_loss(config, weights, lora, lora_settings, batch)
    assert abs(loss - reference) < 1e-5 * loss, (name, loss, reference)

    tensors = {**weights, **lora, "logits": logits, **{f"grad.{k}": v for k, v in gradients.items()}}
    tensors = {k: v.float().contiguous() for k, v in tensors.items()}
    save_file(tensors, folder / f"{name}.safetensors", metadata={"format": "pt"})
    facts = {"config": config, "lora": lora_settings, "batch": batch, "packed": packed, "loss": loss}
    (folder / f"{name}.json").write_text(json.dumps(facts) + "\n")
    print(f"{name}: loss {loss:.9f}, transformers {reference:.9f}")


def write_adamw(folder):
    """Five steps of torch.optim.AdamW in float64 with clipping to a global norm of 1; see the fields."""
    generator = torch.Generator().manual_seed(7)
    shapes = {"a": (3, 4), "b": (5,), "c": (2, 2)}
    settings = {"beta1": 0.9, "beta2": 0.98, "epsilon": 1e-8, "weightDecay": 0.1, "maxGradNorm": 1.0}
    learning_rates = [1e-3, 5e-3, 1e-2, 7.5e-3, 5e-3]
    parameters = {k: torch.randn(s, generator=generator).double().requires_grad_() for k, s in shapes.items()}
    initial = {k: v.flatten().tolist() for k, v in parameters.items()}
    optimizer = torch.optim.AdamW(
        parameters.values(), betas=(0.9, 0.98), eps=1e-8, weight_decay=settings["weightDecay"]
    )
    steps = []
    for step, learning_rate in enumerate(learning_rates):
        size = [0.05, 1.0, 3.0, 0.2, 0.01][step]
        gradients = {k: size * torch.randn(s, generator=generator) for k, s in shapes.items()}
        for name, parameter in parameters.items():
            parameter.grad = gradients[name].double()
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), settings["maxGradNorm"]).item()
        optimizer.param_groups[0]["lr"] = learning_rate
        optimizer.step()
        steps.append(
            {
                "learningRate": learning_rate,
                "gradients": {k: v.flatten().tolist() for k, v in gradients.items()},
                "gradNorm": norm,
                "parameters": {k: v.detach().flatten().tolist() for k, v in parameters.items()},
            }
        )
    facts = {"shapes": shapes, **settings, "initial": initial, "steps": steps}
    (folder / "adamw.json").write_text(json.dumps(facts) + "\n")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_gradient_fixtures.py OUT_FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    lora = {"rank": 4, "alpha": 8, "rankStabilized": False, "targetModules": TARGETS}
    write_case(folder, "llama-mha-tied-full", make_config("LlamaForCausalLM", HEADS, True), None, 1)
    write_case(folder, "llama-gqa-tied-full", make_config("LlamaForCausalLM", 2, True), None, 2)
    write_case(folder, "llama-mha-tied-lora", make_config("LlamaForCausalLM", HEADS, True), lora, 3)
    write_case(folder, "llama-gqa-untied-lora", make_config("LlamaForCausalLM", 2, False), lora, 4)
    write_case(folder, "qwen2-gqa-untied-full", make_config("Qwen2ForCausalLM", 2, False), None, 5)
    write_adamw(folder)


if __name__ == "__main__":
    main()
