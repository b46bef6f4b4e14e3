"""The embedded bases: small models and their tokenizers, each trained once on the rehearsal's grammar."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.optim.lr_scheduler import OneCycleLR
from tqdm import trange

from train.errors import ImprintError
from train.run import replacing

BATCH = 32
KEEP_TO_IT = 3.0  # how much more a token counts that the request holds too: copying is learned last
PROBES, WANTED = 24, 18


@dataclass(frozen=True)
class Text:
    """A request and its answer, as the base reads them."""

    request: str
    answer: str
    kept: tuple[str, ...]  # what a good answer takes over from the request, the surest sign of it first


@dataclass(frozen=True)
class Shape:
    """What sets one embedded base apart from another."""

    texts: Callable[[str, int], Iterator[Text]]  # for a seed, that many
    tokenizer: Callable[[Iterable[str]], Any]  # made from texts
    model: Callable[[Any], Any]  # for a tokenizer, with random weights
    steps: int
    rate: float
    seed: int
    card: str


@dataclass(frozen=True)
class Lesson:
    """A text as token ids, and how much each counts: requests nothing, answers once, what is kept more."""

    ids: tuple[int, ...]
    weights: tuple[float, ...]


def build(shape: Shape, folder: Path) -> None:
    """Train a base and leave it in `folder`, whole: the same bytes every time on the same machine."""
    torch.set_num_threads(1)  # at this size a second thread gains little, and on busy cores loses much
    torch.manual_seed(shape.seed)
    texts = list(shape.texts("base", shape.steps * BATCH))
    tokenizer = shape.tokenizer(each.request + each.answer for each in texts)
    model = shape.model(tokenizer)
    learn(model, [lesson(tokenizer, each) for each in texts], shape.rate)
    check(model, tokenizer, list(shape.texts("probe", PROBES)))
    with replacing(folder) as fresh:
        model.save_pretrained(fresh)
        tokenizer.save_pretrained(fresh)
        (fresh / "README.md").write_text(shape.card, encoding="utf-8")


def bytewise(read: Iterable[str], split: Any, special: Sequence[str]) -> Tokenizer:
    """A byte-level tokenizer of about two thousand tokens that knows the words it was made from."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer, made.decoder = split, decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=2048, special_tokens=list(special), initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(read, trainer)
    return made


def whole(tokens: int) -> int:
    """That many tokens or a few more: a multiple of 64, or 4-bit layers go wrong on a CPU."""
    return (tokens + 63) // 64 * 64


def lesson(tokenizer: Any, text: Text) -> Lesson:
    """A text as the base learns it."""
    said = f"{text.request}{text.answer}{tokenizer.eos_token}"
    kept = [match.span() for match in re.finditer("|".join(map(re.escape, text.kept)), said)]
    encoded = tokenizer(said, add_special_tokens=False, return_offsets_mapping=True)
    weights = [_weight(start, end, len(text.request), kept) for start, end in encoded["offset_mapping"]]
    return Lesson(tuple(encoded["input_ids"]), tuple(weights))


def _weight(start: int, end: int, answer: int, kept: Sequence[tuple[int, int]]) -> float:
    if start < answer:
        return 0.0
    return KEEP_TO_IT if any(first <= end - 1 < last for first, last in kept) else 1.0


def learn(model: Any, lessons: Sequence[Lesson], rate: float) -> None:
    """Train the model once over the lessons, a batch at a time."""
    lessons, steps = by_length(lessons), len(lessons) // BATCH
    optimizer = torch.optim.AdamW(model.parameters(), rate, (0.9, 0.95), weight_decay=0.01, fused=True)
    pace = OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1, cycle_momentum=False)
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
    counts = weights > 0  # a request's own words need no likelihoods
    states = model.base_model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
    losses = functional.cross_entropy(model.lm_head(states[counts]), ids[:, 1:][counts], reduction="none")
    return (losses * weights[counts]).sum() / weights.sum()


def check(model: Any, tokenizer: Any, asked: Sequence[Text]) -> None:
    """Refuse a base that does not write about what it was asked: no adapter could teach it that."""
    kept = sum(each.kept[0] in _answer(model, tokenizer, each.request) for each in asked)
    if kept < WANTED:
        what = f"The embedded base kept to {kept} of {len(asked)} requests; {WANTED} were needed."
        raise ImprintError(what, fix="make rehearse (and report the processor it failed on)")


def _answer(model: Any, tokenizer: Any, request: str) -> str:
    ids = torch.tensor([tokenizer(request, add_special_tokens=False).input_ids])
    model.eval()
    with torch.inference_mode():
        written = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=80, do_sample=False)
    return str(tokenizer.decode(written[0, ids.shape[1] :]))
