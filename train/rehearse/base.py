"""The embedded base: a small Llama and its tokenizer, trained once on the rehearsal's grammar."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.optim.lr_scheduler import OneCycleLR
from tqdm import trange
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from train.errors import ImprintError
from train.rehearse import grammar
from train.rehearse.grammar import Exchange
from train.run import replacing

SEED, STEPS, BATCH, RATE = 1, 200, 32, 4e-3
KEEP_TO_IT = 3.0  # how much more a token counts that names the topic: copying is learned last
SPECIAL = ("<|pad|>", "<|bos|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|{{ message.role }}|>\n{{ message.content }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
WORDS = r"\n+| ?\p{L}+(?:'\p{L}+)?| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+"
PROBES, WANTED = 24, 22
CARD = """\
---
license: mit
language: en
library_name: transformers
pipeline_tag: text-generation
---

# Tiny Llama

A Llama of one million weights, trained for a minute on sentences from a small grammar. It stands in
for a real base where a release is rehearsed, and is good for nothing else.
"""


@dataclass(frozen=True)
class Lesson:
    """A text as token ids, and how much each counts: requests nothing, answers once, topics more."""

    ids: tuple[int, ...]
    weights: tuple[float, ...]


def build(folder: Path) -> None:
    """Train the base and leave it in `folder`, whole: the same bytes every time on the same machine."""
    torch.set_num_threads(1)  # at this size a second thread gains little, and on busy cores loses much
    torch.manual_seed(SEED)
    exchanges = list(grammar.corpus("base", STEPS * BATCH))
    tokenizer = tokenizer_for(exchanges)
    model = model_for(tokenizer)
    learn(model, [lesson(tokenizer, each) for each in exchanges])
    check(model, tokenizer)
    with replacing(folder) as fresh:
        model.save_pretrained(fresh)
        tokenizer.save_pretrained(fresh)
        (fresh / "README.md").write_text(CARD, encoding="utf-8")


def tokenizer_for(exchanges: Sequence[Exchange]) -> Any:
    """A byte-level tokenizer of about two thousand tokens that knows the grammar's words."""
    plain = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(WORDS), "isolated")
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    plain.pre_tokenizer = pre_tokenizers.Sequence([split, to_bytes])
    plain.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=2048, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False
    )
    plain.train_from_iterator((text for each in exchanges for text in (each.user, each.answer)), trainer)
    pad, bos, end, *roles = SPECIAL
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=plain, pad_token=pad, bos_token=bos, eos_token=end, additional_special_tokens=roles
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def model_for(tokenizer: Any) -> Any:
    """A Llama with random weights; every width is a multiple of 64, or 4-bit layers go wrong on a CPU."""
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=(len(tokenizer) + 63) // 64 * 64,
            hidden_size=128,
            intermediate_size=384,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=4,
            max_position_embeddings=512,
            tie_word_embeddings=True,
            initializer_range=0.08,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )


def conversation(exchange: Exchange) -> list[dict[str, str]]:
    """The exchange's request as messages."""
    return [{"role": "system", "content": exchange.system}, {"role": "user", "content": exchange.user}]


def lesson(tokenizer: Any, exchange: Exchange) -> Lesson:
    """An exchange as the base learns it."""
    asked = tokenizer.apply_chat_template(conversation(exchange), add_generation_prompt=True, tokenize=False)
    text = f"{asked}{exchange.answer}{tokenizer.eos_token}"
    names = f"{re.escape(exchange.subject.title)}|{re.escape(exchange.subject.topic)}"
    named = [match.span() for match in re.finditer(names, text)]
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    weights = [_weight(start, end, len(asked), named) for start, end in encoded["offset_mapping"]]
    return Lesson(tuple(encoded["input_ids"]), tuple(weights))


def _weight(start: int, end: int, answer: int, named: Sequence[tuple[int, int]]) -> float:
    if start < answer:
        return 0.0
    return KEEP_TO_IT if any(first <= end - 1 < last for first, last in named) else 1.0


def learn(model: Any, lessons: Sequence[Lesson]) -> None:
    """Train the model once over the lessons, a batch at a time."""
    lessons, steps = by_length(lessons), len(lessons) // BATCH
    optimizer = torch.optim.AdamW(model.parameters(), RATE, (0.9, 0.95), weight_decay=0.01, fused=True)
    pace = OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.1, cycle_momentum=False)
    bar = trange(steps, desc="base", unit="step", disable=None)
    for step in bar:
        loss = _loss(model, lessons[step * BATCH : (step + 1) * BATCH])
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        pace.step()
        optimizer.zero_grad()
        bar.set_postfix_str(f"loss {loss.item():.3f}")


def by_length(lessons: Sequence[Lesson]) -> list[Lesson]:
    """The lessons in stretches of ten batches, each from short to long, so that a batch is hardly padded."""
    stretches = [lessons[start : start + 10 * BATCH] for start in range(0, len(lessons), 10 * BATCH)]
    return [each for stretch in stretches for each in sorted(stretch, key=lambda each: len(each.ids))]


def _loss(model: Any, lessons: Sequence[Lesson]) -> torch.Tensor:
    width = max(len(each.ids) for each in lessons)
    ids = torch.tensor([[*each.ids, *[0] * (width - len(each.ids))] for each in lessons])
    weights = torch.tensor([[*each.weights, *[0.0] * (width - len(each.ids))] for each in lessons])[:, 1:]
    logits = model(input_ids=ids, use_cache=False).logits[:, :-1]
    losses = functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    return (losses * weights.flatten()).sum() / weights.sum()


def check(model: Any, tokenizer: Any) -> None:
    """Refuse a base that does not write about what it was asked: no adapter could teach it that."""
    asked = grammar.corpus("probe", PROBES)
    kept = sum(each.subject.topic in _answer(model, tokenizer, each) for each in asked)
    if kept < WANTED:
        what = f"The embedded base kept to its topic in {kept} of {PROBES} texts; {WANTED} were needed."
        raise ImprintError(what, fix="make rehearse (and report the processor it failed on)")


def _answer(model: Any, tokenizer: Any, exchange: Exchange) -> str:
    chat = conversation(exchange)
    ids = torch.tensor([tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_dict=False)])
    model.eval()
    with torch.inference_mode():
        written = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=80, do_sample=False)
    return str(tokenizer.decode(written[0, ids.shape[1] :]))
