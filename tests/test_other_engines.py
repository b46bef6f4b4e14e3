"""What is published is loaded from a Hub by another engine's own loader."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests import writing

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]
BASE, ADAPTER = "rehearsal/toy-gguf", "rehearsal/toy-writer"
WEIGHTS = ("adapter.gguf", "adapter_config.json", "adapter_model.safetensors")
IDS = list(range(30, 54))


def publish(repo: str, files: Sequence[Path]) -> str:
    """A version, in a process that sees the Hub."""
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi()
    api.create_repo(repo, exist_ok=True)
    adds = [CommitOperationAdd(path.name, path.read_bytes()) for path in files]
    commit = api.create_commit(repo, adds, commit_message="v0.1.0").oid
    api.create_tag(repo, tag="v0.1.0", revision=commit)
    return str(commit)


def by_llama_cpp(adapter: bool) -> list[float]:
    """The next token's logits, in a process that sees the Hub: llama.cpp fetches the base itself."""
    from huggingface_hub import hf_hub_download
    from llama_cpp import Llama  # type: ignore[import-not-found, unused-ignore]

    lora = hf_hub_download(ADAPTER, "adapter.gguf", revision="v0.1.0") if adapter else None
    loaded: Any = Llama.from_pretrained(
        BASE, "*.gguf", lora_path=lora, n_ctx=64, n_threads=1, logits_all=True, verbose=False
    )
    loaded.eval(IDS)
    return [float(each) for each in loaded.scores[len(IDS) - 1]]


def by_transformers(base: Path, adapter: Path | None) -> list[float]:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(base)
    model = PeftModel.from_pretrained(model, str(adapter)) if adapter else model
    with torch.inference_mode():
        return [float(each) for each in model(torch.tensor([IDS])).logits[0, -1]]


@pytest.mark.slow
def test_llama_cpp_fetches_base_and_adapter_and_says_what_transformers_say(
    client: Client, tmp_path: Path
) -> None:
    writing.needed("llama.cpp")
    toys = writing.made(tmp_path, adapters=1)
    folder = tmp_path / "adapter0"
    client.run(publish, BASE, [tmp_path / "base.gguf"])
    client.run(publish, ADAPTER, [folder / name for name in WEIGHTS])
    bare, wearing = (np.array(client.run(by_llama_cpp, each)) for each in (False, True))
    assert np.abs(bare - by_transformers(toys.base.folder, None)).max() < 2e-3
    assert np.abs(wearing - by_transformers(toys.base.folder, folder)).max() < 2e-3
    assert np.abs(wearing - bare).max() > 0.1
