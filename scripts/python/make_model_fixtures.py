"""Write small random models, an adapter and a tokenizer in Hugging Face format, with what Python computes from them.

Usage: python make_model_fixtures.py OUT_FOLDER

  llama-mha-tied/     float32, one file
  llama-gqa-untied/   bfloat16, in shards
  qwen2-gqa-untied/   float16, biases on q, k and v
  adapter-gqa/        a PEFT adapter on llama-gqa-untied, B not zero
  bpe/                only a byte-level BPE tokenizer and a ChatML template
Each has expected.json: `tokens` and `logits` ([chats, tokens, vocab], float32 arithmetic) where there is a model;
`texts` with their ids and decoded text; `chats` with the rendered text, with and without generation prompt.
"""

import json
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<{{ message['role'] }}> {{ message['content'] }}<end>\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TEXTS = ["yes", "is that so, no?", "größe, naïve", "a b  c\nd", "what is the answer! ", "word.", " lead", "it's"]
WILD = TEXTS + ["Größe 😀 Ελλάδα", "e\u0301 \u200d", "1234567 + 8", "\t\n\n  x", "<|im_end|> in text", "naïve 中文字"]
CHATS = [
    [{"role": "user", "content": "is that so?"}, {"role": "assistant", "content": "yes, it is."}],
    [
        {"role": "system", "content": "be kind."},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "hi!"},
        {"role": "user", "content": "what now?"},
        {"role": "assistant", "content": "no idea."},
    ],
]


def word_piece():
    """64 tokens: specials, letters, letters within words, punctuation."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    special = ["<pad>", "<unk>", "<s>", "<end>", "<system>", "<user>", "<assistant>"]
    tokens = [*special, "yes", *letters, *(f"##{letter}" for letter in letters), ".", ",", "?", "!"]
    model = models.WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="<unk>", continuing_subword_prefix="##")
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.decoder = decoders.WordPiece("##", cleanup=False)
    tokenizer.add_special_tokens(special)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="<end>",
        chat_template=TEMPLATE,
    )


def byte_bpe():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<|endoftext|>", eos_token="<|im_end|>", chat_template=CHATML
    )


def tokenizer_facts(tokenizer, texts):
    facts = {"texts": [], "chats": []}
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False)
        decoded = tokenizer.decode(ids, skip_special_tokens=True)
        facts["texts"].append({"text": text, "ids": ids, "decoded": decoded})
    for messages in CHATS:
        prompt = tokenizer.apply_chat_template(messages[:-1], add_generation_prompt=True, tokenize=False)
        whole = tokenizer.apply_chat_template(messages, tokenize=False)
        facts["chats"].append({"messages": messages, "prompt": prompt, "whole": whole})
    return facts


def write_expected(folder, facts):
    (folder / "expected.json").write_text(json.dumps(facts) + "\n")


def logits_of(model, tokenizer):
    tokens = [tokenizer.encode(text, add_special_tokens=False) for text in ["<s><user> is it so?", "no.<end> yes yes"]]
    with torch.no_grad():
        logits = [model(input_ids=torch.tensor([ids])).logits[0].tolist() for ids in tokens]
    rounded = [[[round(value, 7) for value in row] for row in rows] for rows in logits]
    return {"tokens": tokens, "logits": rounded}


def random_model(model_type, kv_heads, tied, tokenizer, seed):
    torch.manual_seed(seed)
    config = AutoConfig.for_model(
        model_type,
        vocab_size=64,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=kv_heads,
        max_position_embeddings=64,
        rms_norm_eps=1e-5,
        tie_word_embeddings=tied,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(1.0 if "norm" in name else 0.0, 0.2)
    return model


def write_model(folder, model, tokenizer, dtype, **options):
    """Stores the model, and what it computes once it is read again (rounded weights, float32 arithmetic)."""
    model.to(dtype).save_pretrained(folder, **options)
    tokenizer.save_pretrained(folder)
    write_expected(folder, {**logits_of(read(folder), tokenizer), **tokenizer_facts(tokenizer, TEXTS)})


def read(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def write_adapter(folder, base):
    from peft import LoraConfig, get_peft_model

    lora = LoraConfig(
        r=2, lora_alpha=8, target_modules=["q_proj", "v_proj", "down_proj"], init_lora_weights=False, task_type="CAUSAL_LM"
    )
    adapted = get_peft_model(read(base), lora).eval()
    adapted.peft_config["default"].base_model_name_or_path = base.name
    adapted.save_pretrained(folder)
    return adapted


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_model_fixtures.py OUT_FOLDER")
    out = Path(sys.argv[1])
    tokenizer = word_piece()
    tied = random_model("llama", 4, True, tokenizer, 1)
    write_model(out / "llama-mha-tied", tied, tokenizer, torch.float32)
    qwen2 = random_model("qwen2", 2, False, tokenizer, 2)
    write_model(out / "qwen2-gqa-untied", qwen2, tokenizer, torch.float16)
    base = random_model("llama", 2, False, tokenizer, 3)
    write_model(out / "llama-gqa-untied", base, tokenizer, torch.bfloat16, max_shard_size="20KB")
    adapted = write_adapter(out / "adapter-gqa", out / "llama-gqa-untied")
    write_expected(out / "adapter-gqa", logits_of(adapted, tokenizer))
    bpe = byte_bpe()
    bpe.save_pretrained(out / "bpe")
    write_expected(out / "bpe", tokenizer_facts(bpe, WILD))
    for readme in out.glob("*/README.md"):
        readme.unlink()


if __name__ == "__main__":
    main()
