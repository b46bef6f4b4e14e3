"""A release of four toy versions on the embedded Hub, and studios that serve it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import toy
from tests.browser import published
from tests.waiting import wait_for

if TYPE_CHECKING:
    from orders import Studio

ADAPTER, BASE, OTHER, GGUF = (f"rehearsal/studio-{name}" for name in ("adapter", "base", "other", "gguf"))
NOWHERE = {"HF_ENDPOINT": "http://127.0.0.1:9"}
ASKED: dict[str, str | int] = {"title": "On tea", "words": 80}
Release = dict[str, Any]


def publish(folder: Path) -> Release:
    """A base, its GGUF, and an adapter with four tags: two versions, one over another base, one broken."""
    from huggingface_hub import HfApi

    from train.tune.gguf.base import convert
    from train.tune.gguf.origin import Origin

    toy.base(folder / "base")
    (folder / "gguf").mkdir()
    convert(Origin(folder / "base"), folder / "gguf" / "base-f32.gguf", "f32")
    base = published.upload(BASE, folder / "base")
    gguf = {"repo": GGUF, "revision": published.upload(GGUF, folder / "gguf"), "file": "base-f32.gguf"}
    commits = {}
    HfApi().delete_repo(ADAPTER, missing_ok=True)  # another test's, whose tags would be in the way
    for tag, over in {"v0.1.0": BASE, "v0.3.0-rc.1": OTHER, "v0.1.1": BASE, "v0.2.0": BASE}.items():
        make(folder, base, over, tag)
        commits[tag] = published.upload(ADAPTER, folder / tag)
        HfApi().create_tag(ADAPTER, tag=tag, revision=commits[tag])
    names = {"name": "blog", "title": "Title to blog post", "version": "v0.2.0"}
    pins = {"adapter": ADAPTER, "adapter_revision": commits["v0.2.0"], "base": BASE, "base_revision": base}
    return {"writers": [names | pins | {"dataset": "o/d", "dataset_revision": "d" * 40, "base_gguf": gguf}]}


def make(folder: Path, base: str, over: str, tag: str) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM

    from train.tune.gguf.adapter import write_adapter

    out = folder / tag
    published.make_adapter(folder / "base", base, out)
    torch.manual_seed(sum(map(ord, tag)))
    config = LoraConfig(r=4, lora_alpha=64, target_modules="all-linear", init_lora_weights=False)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(folder / "base"), config, revision=base)
    config.base_model_name_or_path = over
    model.save_pretrained(str(out))
    write_adapter(out, AutoConfig.from_pretrained(folder / "base"))
    (out / "training.json").write_text(json.dumps(asdict(replace(published.training(base), options={}))))
    if tag == "v0.1.1":
        template = out / "chat_template.jinja"
        template.write_text(template.read_text().replace("At most", "At least"))


def of_kind(kind: str, release: Release) -> Release:
    """The release as a machine reads it that has this engine."""
    if kind == "transformers":
        return {"writers": [each | {"base_gguf": None} for each in release["writers"]]}
    return release


@contextmanager
def opened(release: Release) -> Iterator["Studio"]:
    from pydantic import TypeAdapter

    import studio
    from release import Release as Served

    found = studio.opened(TypeAdapter(Served).validate_python(release))
    wait_for(lambda: found.state().phase != "loading")
    yield found
    found.close()


def written(found: "Studio", version: str = "", writer: str = "blog", title: str = "") -> tuple[str, str]:
    """A text and how it ended; or the code of a refusal, and what it says."""
    from orders import Order, RefusedError

    order = Order(writer, ASKED | ({"title": title} if title else {}), version)
    try:
        *_, last = found.write(order)
    except RefusedError as refused:
        return refused.code, refused.said
    return last.text, last.ended
