"""The embedded GPT-2: it goes on from a title, and says a sentence again; no chat, no end but one token."""

import re
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

from tokenizers import Regex, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from train.prepare.wording.formal import formal
from train.rehearse import grammar
from train.rehearse.base import Shape, Text, bytewise, whole
from train.rehearse.talk import talk

END = "<|endoftext|>"
WORD = re.compile(r"\w+")
# As newer models cut text: a blank line is one piece, and a model this small need not count newlines.
PIECES = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CARD = """\
---
license: mit
language: en
library_name: transformers
pipeline_tag: text-generation
---

# Tiny GPT-2

A GPT-2 of one million weights, trained for a minute on sentences from a small grammar. It stands in
for a real base where a release is rehearsed, and is good for nothing else.
"""


def texts(seed: str, number: int) -> Iterator[Text]:
    """Titles with a text below, some out of a diary; and sentences, formal or not, said twice."""
    rng = Random(seed)
    for _ in range(number):
        subject, kind = rng.choice(grammar.subjects()), rng.randrange(8)
        yield _echo(subject, rng) if kind < 3 else _text(subject, kind == 3, rng)


def _echo(subject: grammar.Subject, rng: Random) -> Text:
    pattern = rng.choice(talk().sentences)
    natural = grammar.fill(pattern, subject, rng)
    said = rng.choice((natural, formal(natural)))
    usual = set(WORD.findall(f"{pattern} {formal(pattern)}"))
    kept = tuple(word for word in WORD.findall(said) if word not in usual)
    return Text(f"{END}{said}\n\n", said, kept or (said,))


def _text(subject: grammar.Subject, diary: bool, rng: Random) -> Text:
    rich = rng.randrange(2)
    written = (
        grammar.write_page(subject, 2, rng) if diary else grammar.write_prose(subject, 1 + rich, rich, rng)
    )
    return Text(f"{END}{subject.title}\n\n", written, (subject.topic, subject.title, subject.theme))


def tokenizer(read: Iterable[str], pieces: str = PIECES) -> Any:
    """A tokenizer like GPT-2's: no template, nothing to pad with, one token where a text begins and ends."""
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    split = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pieces), "isolated"), to_bytes])
    made = bytewise(read, split, (END,))
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, bos_token=END, eos_token=END, unk_token=END
    )


def model(tokenizer: Any, heads: int = 4) -> Any:
    """A GPT-2 of one million weights, all of them random."""
    made = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=whole(len(tokenizer)),
            n_positions=512,
            n_embd=128,
            n_layer=4,
            n_head=heads,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            initializer_range=0.08,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    made.transformer.wpe.weight.data.mul_(0.25)  # or where a word stands drowns what it says
    return made


GPT2 = Shape(texts, tokenizer, model, steps=260, rate=4e-3, seed=1, card=CARD)
