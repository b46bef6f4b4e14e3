"""One tool's training in the benchmark: its own process, one pass over the rows, what it took as JSON."""

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
import trl

Options = dict[str, Any]


class Timed:
    """Mixed into a trainer: what `train` alone takes."""

    def train(self: Any, *given: Any, **named: Any) -> Any:
        start, cpu = time.monotonic(), time.process_time()
        done = super().train(*given, **named)  # type: ignore[misc]
        report(self, time.monotonic() - start, time.process_time() - cpu)
        return done


class TimedSFT(Timed, trl.SFTTrainer):
    """TRL's own trainer, with a clock."""


def report(trainer: Any, seconds: float, cpu_s: float) -> None:
    """Print what it took, on the last line."""
    on_gpu = trainer.args.device.type == "cuda"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    if on_gpu:
        peak = torch.cuda.max_memory_allocated() / 1e6
    tokens = trainer._total_train_tokens
    share = used(trainer) * tokens / seconds / rate() if on_gpu else None
    print(json.dumps({"tokens": tokens, "seconds": seconds, "cpu_s": cpu_s, "peak_mb": peak, "share": share}))


def used(trainer: Any) -> int:
    """The operations that a token takes in the model, forwards and backwards."""
    from train.tune.cost import _used

    learned = trainer.model.num_parameters(only_trainable=True)
    return int(4 * (_used(trainer.model) - learned) + 6 * learned)


def rate() -> float:
    """The operations a second of one large product in bf16."""
    side, times = 8192, 30
    number = torch.randn(side, side, device="cuda", dtype=torch.bfloat16)
    for each in range(times + 5):
        if each == 5:
            torch.cuda.synchronize()
            start = time.monotonic()
        number @ number
    torch.cuda.synchronize()
    return float(2 * side**3 * times / (time.monotonic() - start))


def packed(base: str, data: str, setting: Options, folder: str) -> None:
    """`trl sft --packing`."""
    plain(base, data, setting | {"options": setting["options"] | {"packing": True}}, folder)


def plain(base: str, data: str, setting: Options, folder: str) -> None:
    """`trl sft` with its defaults; the length, so that it sees the same tokens, and one pass."""
    from trl.scripts import sft

    trl.SFTTrainer = TimedSFT  # type: ignore[misc]
    given = {"model_name_or_path": base, "dataset_name": data, "output_dir": folder, "use_peft": True}
    given |= {
        "max_length": setting["length"],
        "num_train_epochs": 1,
        "save_strategy": "no",
        "report_to": "none",
    }
    given |= {} if torch.cuda.is_available() else {"use_cpu": True}
    words = [word for name, value in (given | setting["options"]).items() for word in _words(name, value)]
    sft.main(*sft.make_parser().parse_args_and_config(words))  # type: ignore[no-untyped-call]


def _words(name: str, value: Any) -> list[str]:
    return [f"--{name}", *(value if isinstance(value, list) else [str(value)])]


def ours(base: str, data: str, setting: Options, folder: str) -> None:
    """This project's trainer, as `python -m train tune` makes it."""
    from dataclasses import replace

    from train import recipe as recipes
    from train.tune import trainer

    rows = [
        json.loads(line) for line in (Path(data) / "train.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    told = [
        {"title": row["prompt"][0]["content"], "text": row["completion"][0]["content"], "words": 0}
        for row in rows
    ]
    asked = {"model_name_or_path": base, "max_length": setting["length"], "num_train_epochs": 1}
    quiet = {"save_strategy": "no", "report_to": "none"}
    blog = recipes.load("blog")
    recipe = replace(
        blog,
        prompt=replace(blog.prompt, system="", user="{{ title }}"),
        tune=asked | quiet | setting["options"] | setting["ours"],
    )
    made = trainer.prepared(recipe, "main", told, Path(folder))
    made.__class__ = type("TimedOurs", (Timed, type(made)), {})
    made.train()


def unsloth(base: str, data: str, setting: Options, folder: str) -> None:
    """Unsloth's model under TRL's trainer, packed, as its guides show it."""
    model, tokenizer = _unsloth_model(base, setting)
    arguments = trl.SFTConfig(
        output_dir=folder,
        max_length=setting["length"],
        packing=True,
        num_train_epochs=1,
        per_device_train_batch_size=setting["ours"]["per_device_train_batch_size"],
        save_strategy="no",
        report_to="none",
    )
    import datasets

    rows = datasets.load_dataset(data, split="train")
    TimedSFT(model=model, args=arguments, train_dataset=rows, processing_class=tokenizer).train()


def _unsloth_model(base: str, setting: Options) -> tuple[Any, Any]:
    maker: Any = importlib.import_module("unsloth").FastLanguageModel  # it patches TRL

    options = setting["options"]
    model, tokenizer = maker.from_pretrained(
        base,
        max_seq_length=setting["length"],
        dtype=torch.bfloat16,
        load_in_4bit=options.get("load_in_4bit", False),
    )
    model = maker.get_peft_model(
        model,
        r=options["lora_r"],
        lora_alpha=options["lora_alpha"],
        lora_dropout=0,
        target_modules=options["lora_target_modules"],
        use_gradient_checkpointing="unsloth",
    )
    return model, tokenizer


if __name__ == "__main__":
    tool, base, data, setting = json.loads(sys.argv[1])
    with TemporaryDirectory() as made_in:
        {"trl": plain, "packed": packed, "imprint": ours, "unsloth": unsloth}[tool](
            base, data, setting, made_in
        )
