"""Training steps by transformers, PEFT and TRL's SFTTrainer. Called as measure.py says.

What counts for speed is as its users would set it for a CPU: fused AdamW, fused attention, no gradient checkpointing.
bfloat16 is by autocast over float32 weights, which is what SFTTrainer does unless told otherwise. On a CPU it computes
the logits of all positions and weighs those without loss by zero.
"""

import os

from datasets import Dataset
from measure import Meter, read_task
from peft import PeftModel
from tokenizers import Tokenizer, models
from transformers import AutoModelForCausalLM, PrinterCallback, PreTrainedTokenizerFast, TrainerCallback
from trl import SFTConfig, SFTTrainer


class StepTimes(TrainerCallback):
    """From the end of a step to the end of the next, so that whatever the trainer does in between counts."""

    def __init__(self):
        self.meter = None
        self.first = {}

    def on_train_begin(self, args, state, control, **kwargs):
        self.meter = Meter()

    def on_step_end(self, args, state, control, **kwargs):
        self.meter.step()

    def on_log(self, args, state, control, logs=None, **kwargs):
        if not self.first and logs and "loss" in logs:
            self.first = {"firstLoss": float(logs["loss"]), "firstGradNorm": float(logs["grad_norm"])}


def placeholder_tokenizer():
    """The rows are token ids already; the trainer wants a tokenizer all the same."""
    words = Tokenizer(models.WordLevel({"<pad>": 0, "<eos>": 1}, unk_token="<pad>"))
    return PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<eos>")


def read_model(task):
    model = AutoModelForCausalLM.from_pretrained(task["model"], dtype="float32", attn_implementation="sdpa")
    if task["method"] == "lora":
        model = PeftModel.from_pretrained(model, task["adapter"], is_trainable=True)
    return model


def rows_of(task):
    """One batch, once for every step."""
    labels = [
        [token if weight else -100 for token, weight in zip(tokens, weights)]
        for tokens, weights in zip(task["tokenIds"], task["lossWeights"])
    ]
    return Dataset.from_dict({"input_ids": task["tokenIds"] * task["steps"], "labels": labels * task["steps"]})


def main():
    task, half = read_task()
    recipe = task["recipe"]
    options = SFTConfig(
        output_dir=os.path.join(os.path.dirname(task["model"]), "trainer"),
        use_cpu=True,
        bf16=half,
        optim="adamw_torch_fused",
        learning_rate=recipe["learningRate"],
        lr_scheduler_type="constant",
        adam_beta1=recipe["beta1"],
        adam_beta2=recipe["beta2"],
        adam_epsilon=recipe["epsilon"],
        weight_decay=recipe["weightDecay"],
        max_grad_norm=recipe["maxGradNorm"],
        per_device_train_batch_size=len(task["tokenIds"]),
        max_steps=task["steps"],
        train_sampling_strategy="sequential",
        max_length=None,
        gradient_checkpointing=False,
        dataloader_pin_memory=False,
        logging_first_step=True,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    times = StepTimes()
    trainer = SFTTrainer(
        model=read_model(task),
        args=options,
        train_dataset=rows_of(task),
        processing_class=placeholder_tokenizer(),
        callbacks=[times],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    times.meter.report(**times.first)


if __name__ == "__main__":
    main()
