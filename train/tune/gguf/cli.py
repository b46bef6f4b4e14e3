"""`python -m train gguf`: a base as the one file that llama.cpp runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from train.verbs.answer import Answer
from train.verbs.page import Page
from train.verbs.taking import take_runs

if TYPE_CHECKING:
    from train.tune.gguf.base import Converted

PAGE = Page(
    does="""Converts a base to the one file that llama.cpp runs, to go with an adapter's adapter.gguf. That
    fits the base at the commit that adapter_config.json names, in any precision.

    The base's file carries the base's own chat template. A writer's prompt takes more than messages
    (a word limit, say) and travels with the adapter as chat_template.jinja: write the prompt with the
    adapter's tokenizer, and hand llama.cpp the token ids.""",
    reads="a base with safetensors, on the Hub or in a folder",
    leaves="runs/gguf/NAME-PRECISION.gguf",
    examples=(
        ("python -m train gguf openai-community/gpt2-medium", "its newest commit, 8 bits a weight"),
        (
            "python -m train gguf openai-community/gpt2-medium --quantise q4_0",
            "half of that: quicker, coarser",
        ),
        (
            "python -m train gguf openai-community/gpt2-medium --revision COMMIT",
            "the commit an adapter was trained on",
        ),
        (
            "llama-cli -m runs/gguf/gpt2-medium-q8_0.gguf \\\n    --lora runs/voice/adapter/adapter.gguf",
            "then run a writer on it",
        ),
    ),
)
PRECISIONS = ("f32", "f16", "bf16", "q8_0", "q4_0")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("base", metavar="MODEL|FOLDER", help="a model on the Hub, or a folder with its files")
    parser.add_argument("--revision", help="its commit or tag on the Hub (default: the newest commit)")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="the file to write (default: runs/gguf/NAME-PRECISION.gguf)"
    )
    told = "how a weight is kept, in 32, 16, 16, 8.5 or 4.5 bits (default: q8_0)"
    parser.add_argument("--quantise", choices=PRECISIONS, default="q8_0", help=told)
    take_runs(parser)


def run(asked: argparse.Namespace) -> Answer:
    """Convert the base, and say what came out."""
    from train.tune.gguf.base import convert
    from train.tune.gguf.origin import origin

    name = f"{Path(asked.base).resolve().name}-{asked.quantise}.gguf"
    out = asked.out or asked.runs / "gguf" / name
    made = convert(origin(asked.base, asked.revision), out, asked.quantise)
    return Answer(_outcome(made), made)


def _outcome(made: Converted) -> str:
    ids = "" if made.cut_is_known else "; llama.cpp cuts some texts otherwise, so hand it token ids"
    return f"{made.path}: {made.tensors} tensors, {made.size / 1e6:,.1f} MB{ids}"
