"""Compare a model folder's logits, token ids and chat template, as computed by inoculate, with Python's.

Usage: python check_compat.py MODEL_FOLDER [ADAPTER_FOLDER] LOGITS_JSON

LOGITS_JSON holds `tokens` (lists of ids), `logits` ([chats][tokens][vocab]), `texts` ({text, ids}), and optionally
`chat` (messages) with its `prompt` and `completion`. The model must load as the class that config.json names, the
adapter in peft. Ends with one line of JSON; exit code 1 when something differs (logits by more than 1e-4 of the
largest).
"""

import json
import sys

TOLERANCE = 1e-4

try:
    import torch
    import transformers
    from transformers import AutoModelForCausalLM, AutoTokenizer
except ImportError as error:
    sys.exit(f"check_compat.py needs torch and transformers (and peft for adapters): {error}")


def load(model_folder, adapter_folder):
    model, info = AutoModelForCausalLM.from_pretrained(
        model_folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    name = type(model).__name__
    loading = {key: sorted(map(str, value)) for key, value in info.items() if value}
    if adapter_folder is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter_folder)
        if not any("lora_B" in key and value.abs().max() > 0 for key, value in model.state_dict().items()):
            loading["adapter"] = ["every lora_B is zero"]
    return model.eval(), name, loading


def largest_difference(model, facts):
    difference, largest = 0.0, 0.0
    for tokens, ours in zip(facts["tokens"], facts["logits"], strict=True):
        with torch.no_grad():
            theirs = model(input_ids=torch.tensor([tokens])).logits[0]
        difference = max(difference, (theirs - torch.tensor(ours)).abs().max().item())
        largest = max(largest, theirs.abs().max().item())
    return difference, largest


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: check_compat.py MODEL_FOLDER [ADAPTER_FOLDER] LOGITS_JSON")
    model_folder, *middle, logits_file = sys.argv[1:]
    with open(logits_file) as file:
        facts = json.load(file)
    torch.set_num_threads(1)
    model, name, loading = load(model_folder, middle[0] if middle else None)
    difference, largest = largest_difference(model, facts)

    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    texts = facts.get("texts", [])
    wrong = [t["text"] for t in texts if tokenizer.encode(t["text"], add_special_tokens=False) != t["ids"]]
    template_agrees = None
    if "chat" in facts:
        prompt = tokenizer.apply_chat_template(facts["chat"][:-1], add_generation_prompt=True, tokenize=False)
        whole = tokenizer.apply_chat_template(facts["chat"], tokenize=False)
        template_agrees = prompt == facts["prompt"] and whole.startswith(prompt + facts["completion"])

    agrees = difference <= TOLERANCE * largest and not wrong and template_agrees is not False and not loading
    print(
        json.dumps(
            {
                "agrees": agrees,
                "model": name,
                "adapter": bool(middle),
                "largestDifference": difference,
                "largestLogit": largest,
                "texts": len(texts),
                "textsThatDiffer": wrong,
                "templateAgrees": template_agrees,
                "loadingProblems": loading,
                "transformers": transformers.__version__,
                "torch": torch.__version__,
            }
        )
    )
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
