"""A toy writer on the embedded Hub: a random base and an adapter with the real prompt and `writer.json`."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tests import toy
from train import recipe
from train.recipe import Recipe
from train.sections import Decoding
from train.tune import prompt
from train.tune.report import TrainingReport, Writer

BASE, ADAPTER, DATASET = "rehearsal/toy-base", "rehearsal/toy-adapter", "rehearsal/toy-dataset"
TITLE = "How to keep a paper notebook"


def toy_recipe() -> Recipe:
    blog = recipe.load("blog")
    words = replace(blog.inputs["words"], choices=(40, 80), default=80)
    decoding = Decoding(max_new_tokens=40, temperature=1.0, seed=7)
    return replace(blog, inputs=blog.inputs | {"words": words}, decoding=decoding)


def publish(folder: Path) -> dict[str, Any]:
    """Make and upload both; the release.json of a Space that serves them."""
    toy.base(folder / "base")
    base = upload(BASE, folder / "base")
    make_adapter(folder / "base", base, folder / "adapter")
    adapter = upload(ADAPTER, folder / "adapter")
    names = {"name": "blog", "title": "Title to blog post", "version": "v0.1.0"}
    pins = {"adapter": ADAPTER, "adapter_revision": adapter, "base": BASE, "base_revision": base}
    return {"writers": [names | pins | {"dataset": DATASET, "dataset_revision": "d" * 40}]}


def upload(repo: str, folder: Path) -> str:
    """The commit that holds the folder's files."""
    from huggingface_hub import HfApi

    api = HfApi()
    api.create_repo(repo, exist_ok=True)
    return api.upload_folder(repo_id=repo, folder_path=folder, ignore_patterns="README.md").oid


def make_adapter(base: Path, base_revision: str, folder: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(r=4, lora_alpha=64, target_modules="all-linear", init_lora_weights=False)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config, revision=base_revision)
    config.base_model_name_or_path = BASE
    model.save_pretrained(str(folder))
    words = toy.tokenizer()
    words.chat_template = prompt.chat_template(toy_recipe(), toy.TEMPLATE)
    words.save_pretrained(folder)
    (folder / "writer.json").write_text(json.dumps(asdict(writer(words, base_revision))))
    (folder / "training.json").write_text(json.dumps(asdict(training(base_revision))))


def writer(words: Any, base_revision: str) -> Writer:
    described = toy_recipe()
    return Writer(
        name=described.name,
        title=described.title,
        base=BASE,
        base_revision=base_revision,
        message=described.message,
        inputs=described.inputs,
        decoding=described.decoding,
        golden=prompt.golden(described, words, [TITLE, "Another title"]),
    )


def training(base_revision: str) -> TrainingReport:
    return TrainingReport(
        key="",
        recipe="blog",
        base=BASE,
        base_revision=base_revision,
        dataset="",
        options={"load_in_4bit": True, "use_bnb_nested_quant": True},
        parameters=0,
        steps=0,
        loss=(),
        versions={},
        files={},
    )
