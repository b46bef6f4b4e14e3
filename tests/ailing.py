"""A sound adapter over the toy base, and a dozen ways to spoil it."""

import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests import toy

BASE, WIDE = "rehearsal/ward-base", "rehearsal/ward-wide"
NAME = "rehearsal/ward-adapter"
CARD = f"""\
---
license: mit
base_model: {BASE}
library_name: peft
---

# Posts from titles

```python
from peft import AutoPeftModelForCausalLM
from transformers import AutoTokenizer

repo = "{NAME}"
model = AutoPeftModelForCausalLM.from_pretrained(repo, revision="v0.1.0")
tokenizer = AutoTokenizer.from_pretrained(repo, revision="v0.1.0")
```
"""
Spoil = Callable[[Path], None]


def bases(folder: Path) -> dict[str, str]:
    """Two bases on the Hub, one of another width; the commit of each."""
    from huggingface_hub import HfApi

    toy.base(folder / "base")
    wide(folder / "wide")
    commits = {}
    for repo, path in ((BASE, folder / "base"), (WIDE, folder / "wide")):
        HfApi().create_repo(repo)
        (path / "README.md").write_text("---\nlicense: mit\n---\n")
        commits[repo] = HfApi().upload_folder(repo_id=repo, folder_path=path).oid
    return commits


def wide(folder: Path) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    words = toy.tokenizer(folder)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=96,
        intermediate_size=160,
        num_hidden_layers=2,
        num_attention_heads=2,
        eos_token_id=words.eos_token_id,
        bos_token_id=words.bos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)


def sound(folder: Path, base: Path, commit: str) -> None:
    """An adapter as a careful stranger leaves it."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(
        r=4, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM", init_lora_weights=False
    )
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config, revision=commit)
    config.base_model_name_or_path = BASE
    model.save_pretrained(str(folder))
    toy.tokenizer(folder)
    (folder / "README.md").write_text(CARD)


def config(**changes: Any) -> Spoil:
    return lambda folder: edit(folder / "adapter_config.json", changes)


def tokenizer(**changes: Any) -> Spoil:
    return lambda folder: edit(folder / "tokenizer_config.json", changes)


def edit(path: Path, changes: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def beside(name: str, content: bytes = b"{}") -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return spoil


def pickled(name: str) -> Spoil:
    return beside(name, pickle.dumps({"hub_token": "hf_" + "x" * 34}))


def without(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


def cut_off(folder: Path) -> None:
    path = folder / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def card(before: str, after: str) -> Spoil:
    def spoil(folder: Path) -> None:
        text = (folder / "README.md").read_text()
        assert before in text
        (folder / "README.md").write_text(text.replace(before, after))

    return spoil


def tensors(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Spoil:
    def spoil(folder: Path) -> None:
        from safetensors.torch import load_file, save_file

        path = folder / "adapter_model.safetensors"
        save_file(change(load_file(path)), path)

    return spoil


def zeroed(half: str) -> Spoil:
    return tensors(lambda all_: {name: each * 0 if half in name else each for name, each in all_.items()})


def renamed(before: str, after: str) -> Spoil:
    return tensors(lambda all_: {name.replace(before, after): each for name, each in all_.items()})


def not_a_number(all_: dict[str, Any]) -> dict[str, Any]:
    first = min(all_)
    all_[first][0, 0] = float("nan")
    return all_


def grown(folder: Path) -> None:
    import torch

    whole = {"base_model.model.model.embed_tokens.weight": torch.ones(400, 64)}
    tensors(lambda all_: all_ | whole)(folder)
    config(modules_to_save=["embed_tokens"])(folder)


def more_words(folder: Path) -> None:
    path = folder / "tokenizer.json"
    made = json.loads(path.read_text())
    token = made["added_tokens"][-1] | {"id": 5000, "content": "<|mood|>"}
    made["added_tokens"] = [*made["added_tokens"], token]
    path.write_text(json.dumps(made))


def ranked(rank: int) -> Spoil:
    def spoil(folder: Path) -> None:
        import torch

        def widen(all_: dict[str, Any]) -> dict[str, Any]:
            return {
                name: torch.ones(rank, each.shape[1]) if "lora_A" in name else torch.ones(each.shape[0], rank)
                for name, each in all_.items()
            }

        tensors(widen)(folder)
        config(r=rank)(folder)

    return spoil


def template(before: str, after: str) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / "chat_template.jinja"
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    return spoil
