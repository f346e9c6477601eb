"""Write a small tokenizer of every type, each with a chat template, and the token ids that Python computes.

Usage: python make_tokenizer_fixtures.py OUT_FOLDER

OUT_FOLDER/texts.json holds the texts, NAME/ a tokenizer and a template; NAME/expected.json has `ids` (of each text,
without the special tokens around it) and `chats` with the ids of the prompt (`promptIds`) and of the whole (`ids`).
Training breaks ties by chance, so that each run writes other tokens, with their own ids.
"""

import json
import sys
from pathlib import Path

from tokenizer_texts import CHATS, TEMPLATES, TEXTS, TRAINING
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
CHATML_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def words(digits):
    """Words with one character before them, numbers, marks with line breaks after them, runs of white space."""
    return Regex(
        "|".join(
            [
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
                r"[^\r\n\p{L}\p{N}]?\p{L}+",
                digits,
                r" ?[^\s\p{L}\p{N}]+[\r\n]*",
                r"\s*[\r\n]+",
                r"\s+(?!\S)",
                r"\s+",
            ]
        )
    )


def trained_bpe(steps, special, normalizer=None, ignore_merges=False):
    """Byte-level: every byte has a token."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = steps
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(TRAINING, trainer)
    return tokenizer


def sentence_piece_bpe(special, extra=()):
    """Trained on words that begin with the mark of a space; bytes without a token of their own follow the specials."""
    trainee = Tokenizer(models.BPE())
    trainee.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=400, limit_alphabet=120, show_progress=False)
    trainee.train_from_iterator(TRAINING, trainer)
    learnt = json.loads(trainee.to_str())["model"]
    pieces = sorted(learnt["vocab"], key=learnt["vocab"].get)
    runs = ["▁" * length for length in range(2, 9)]
    tokens = list(dict.fromkeys([*special, *BYTES, *extra, *runs, *pieces]))
    merges = [("▁" * left, "▁" * (length - left)) for length in range(2, 9) for left in range(1, length)]
    merges += [tuple(merge) for merge in learnt["merges"]]
    vocab = {token: index for index, token in enumerate(tokens)}
    return Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))


def bytes_decoder(*last):
    return decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), *last])


def puts_bos(tokenizer, bos):
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, tokenizer.token_to_id(bos))]
    )


def gpt2(add_prefix_space):
    return trained_bpe(pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space), CHATML_TOKENS)


def smollm2():
    steps = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    return trained_bpe(pre_tokenizers.Sequence(steps), CHATML_TOKENS)


def llama3():
    split = pre_tokenizers.Split(words(r"\p{N}{1,3}"), "isolated")
    steps = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    special = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    tokenizer = trained_bpe(steps, special, ignore_merges=True)
    puts_bos(tokenizer, "<|begin_of_text|>")
    return tokenizer


def qwen(behavior, invert):
    split = pre_tokenizers.Split(words(r"\p{N}"), behavior, invert)
    steps = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer = trained_bpe(steps, CHATML_TOKENS, normalizers.NFC())
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in ["<think>", "</think>"]])
    return tokenizer


def llama2():
    tokenizer = sentence_piece_bpe(["<unk>", "<s>", "</s>"])
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = bytes_decoder(decoders.Strip(" ", 1, 0))
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    puts_bos(tokenizer, "<s>")
    return tokenizer


def mistral():
    special = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"]
    tokenizer = sentence_piece_bpe(special)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = bytes_decoder(decoders.Strip(" ", 1, 0))
    tokenizer.add_special_tokens(special)
    puts_bos(tokenizer, "<s>")
    return tokenizer


def gemma():
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
    extra = ["\n", "\n\n", "\n\n\n", "\t"]
    tokenizer = sentence_piece_bpe(special, extra)
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = bytes_decoder()
    tokenizer.add_special_tokens(special)
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in ["\n\n", "\n\n\n", "▁▁", "▁▁▁"]])
    puts_bos(tokenizer, "<bos>")
    return tokenizer


def unigram(byte_fallback, normalizer, steps):
    trainee = Tokenizer(models.Unigram())
    trainee.normalizer, trainee.pre_tokenizer = normalizer, steps
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.UnigramTrainer(
        vocab_size=500, special_tokens=special, unk_token="<unk>", show_progress=False, max_piece_length=8
    )
    trainee.train_from_iterator(TRAINING[:40], trainer)
    learnt = json.loads(trainee.to_str())["model"]["vocab"]
    fallback = [(token, -20.0) for token in BYTES] if byte_fallback else []
    vocab = [tuple(entry) for entry in learnt[:3]] + fallback + [tuple(entry) for entry in learnt[3:]]
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=0, byte_fallback=byte_fallback))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, steps
    tokenizer.decoder = bytes_decoder() if byte_fallback else decoders.Metaspace()
    tokenizer.add_special_tokens(special)
    return tokenizer


def word_piece(normalizer, steps):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, steps
    tokenizer.decoder = decoders.WordPiece("##", cleanup=False)
    special = ["[PAD]", "[UNK]", "<s>", "</s>"]
    trainer = trainers.WordPieceTrainer(vocab_size=700, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(TRAINING[:40], trainer)
    return tokenizer


def mixed_steps():
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation("merged_with_next"),
            pre_tokenizers.Split("e", "merged_with_previous"),
            pre_tokenizers.Split(Regex("[ao]"), "contiguous"),
            pre_tokenizers.Digits(),
        ]
    )


def all_tokenizers():
    """Name: tokenizer, BOS, end of text, template."""
    lower = [normalizers.Strip(), normalizers.NFKD(), normalizers.Lowercase(), normalizers.StripAccents()]
    bert = word_piece(normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer())
    dollars = unigram(True, normalizers.Replace("$", "\u20ac$&"), pre_tokenizers.WhitespaceSplit())
    plain = ("<s>", "</s>", "plain")
    chatml = (None, "<|im_end|>", "chatml")
    return {
        "gpt2": (gpt2(False), *chatml),
        "prefix-space": (gpt2(True), *chatml),
        "smollm2": (smollm2(), *chatml),
        "llama3": (llama3(), "<|begin_of_text|>", "<|eot_id|>", "llama3"),
        "qwen2": (qwen("isolated", False), None, "<|im_end|>", "qwen2"),
        "qwen3": (qwen("removed", True), None, "<|im_end|>", "qwen3"),
        "llama2": (llama2(), "<s>", "</s>", "llama2"),
        "mistral": (mistral(), "<s>", "</s>", "mistral"),
        "gemma": (gemma(), "<bos>", "<eos>", "gemma"),
        "unigram": (unigram(False, normalizers.NFKC(), pre_tokenizers.Metaspace()), *plain),
        "unigram-bytes": (dollars, *plain),
        "wordpiece": (bert, *plain),
        "wordpiece-mixed": (word_piece(normalizers.Sequence(lower), mixed_steps()), *plain),
    }


def write(folder, tokenizer, bos, eos, template):
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=bos, eos_token=eos, chat_template=TEMPLATES[template]
    )
    fast.save_pretrained(folder)
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()), ensure_ascii=False, separators=(",", ":")) + "\n")
    chats = []
    for messages in CHATS:
        if template == "gemma" and messages[0]["role"] == "system":
            continue
        prompt = fast.apply_chat_template(messages[:-1], add_generation_prompt=True, return_dict=False)
        whole = fast.apply_chat_template(messages, return_dict=False)
        chats.append({"messages": messages, "promptIds": prompt, "ids": whole})
    ids = [fast.encode(text, add_special_tokens=False) for text in TEXTS]
    facts = {"ids": ids, "chats": chats}
    (folder / "expected.json").write_text(json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_tokenizer_fixtures.py OUT_FOLDER")
    out = Path(sys.argv[1])
    for name, parts in all_tokenizers().items():
        write(out / name, *parts)
    (out / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=False, indent=0) + "\n")


if __name__ == "__main__":
    main()
