"""`python -m train gguf`: a base as the one file that llama.cpp runs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from train.tune.gguf.base import Converted

TOLD = "convert a base to GGUF, so that llama.cpp runs it with an adapter's adapter.gguf"
EPILOG = """\
  python -m train gguf openai-community/gpt2-medium                    its newest commit, 8 bits a weight
  python -m train gguf openai-community/gpt2-medium --quantise q4_0    half of that: quicker, coarser
  python -m train gguf openai-community/gpt2-medium --revision SHA     the commit an adapter was trained on
  llama-cli -m runs/gguf/gpt2-medium-q8_0.gguf --lora runs/voice/adapter/adapter.gguf

`tune` leaves adapter.gguf beside the adapter. It fits the base at the commit that adapter_config.json
names, in any precision. The base's file carries the base's own chat template. A writer's prompt takes
more than messages (a word limit, say) and travels with the adapter as chat_template.jinja: write the
prompt with the adapter's tokenizer, and hand llama.cpp the token ids."""
PRECISIONS = ("f32", "f16", "bf16", "q8_0", "q4_0")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.description = TOLD
    parser.add_argument("base", help="a model on the Hub, or a folder with its files")
    parser.add_argument("--revision", help="its commit or tag on the Hub (default: the newest commit)")
    parser.add_argument("--out", type=Path, help="the file to write (default: runs/gguf/NAME-PRECISION.gguf)")
    told = "how a weight is kept, in 32, 16, 16, 8.5 or 4.5 bits (default: q8_0)"
    parser.add_argument("--quantise", choices=PRECISIONS, default="q8_0", help=told)
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where runs are kept (default: runs)")


def run(asked: argparse.Namespace) -> int:
    """Convert the base, and say what came out."""
    from train.tune.gguf.base import convert
    from train.tune.gguf.origin import origin

    name = f"{Path(asked.base).resolve().name}-{asked.quantise}.gguf"
    out = asked.out or asked.runs / "gguf" / name
    print(_outcome(convert(origin(asked.base, asked.revision), out, asked.quantise)))
    return 0


def _outcome(made: Converted) -> str:
    ids = "" if made.cut_is_known else "; llama.cpp cuts some texts otherwise, so hand it token ids"
    return f"{made.path}: {made.tensors} tensors, {made.size / 1e6:,.1f} MB{ids}"
