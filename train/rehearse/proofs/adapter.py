"""A stranger runs the code on the adapter's card, and holds both ways of loading it together: REPO TAG."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

# Before the libraries are imported: one of them warns of an optional package it can do without.
logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)

import torch  # noqa: E402
from huggingface_hub import hf_hub_download  # noqa: E402
from markdown_it import MarkdownIt  # noqa: E402
from peft import PeftConfig  # noqa: E402

repo, tag = sys.argv[1:]
card = Path(hf_hub_download(repo, "README.md", revision=tag)).read_text(encoding="utf-8")
load, ask, load_over_base = (
    token.content for token in MarkdownIt("commonmark").parse(card) if token.info == "python"
)
names: dict[str, Any] = {}
exec(load, names)  # noqa: S102 - as a reader would, who copies it
by_itself = names["model"].eval()
exec(ask, names)  # noqa: S102
exec(load_over_base, names)  # noqa: S102
over_base, prompt = names["model"].eval(), names["prompt"]
with torch.inference_mode():
    ours, theirs = over_base(**prompt).logits, by_itself(**prompt).logits
    with over_base.disable_adapter():
        bare = over_base(**prompt).logits
config = PeftConfig.from_pretrained(repo, revision=tag)
print(
    json.dumps(
        {
            "same_logits": bool(torch.equal(ours, theirs)),
            "changes_the_base": bool((ours - bare).abs().max() > 0),
            "base": f"{config.base_model_name_or_path}@{config.revision}",
        }
    )
)
