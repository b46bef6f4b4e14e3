"""Texts by every writer: same prompts, same decoding, and the same luck for the same title."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size
from tqdm import tqdm

from train.bar import Bar
from train.errors import StageError
from train.evaluate.ask import Inputs, seed_of
from train.evaluate.draw import draw
from train.evaluate.kept import Kept
from train.evaluate.load import Loaded
from train.evaluate.loop import NotANumberError, Row, Written, continued
from train.evaluate.measures import LIMIT
from train.evaluate.report import Text, Who
from train.evaluate.size import at_once
from train.sections import Decoding


@dataclass(frozen=True)
class _Work:
    rows: tuple[Row, ...]
    seeds: tuple[int, ...]
    decoding: Decoding
    stops: frozenset[int]

    @property
    def longest(self) -> int:
        return max((len(row.prompt) + row.room for row in self.rows), default=0)


def generate(loaded: Loaded, who: Who, asked: Sequence[Inputs], kept: Kept | None = None) -> tuple[Text, ...]:
    """One text per request, in the order of the requests; those that are kept are not written again.

    Texts of like length are written together: by word limit, then by the prompt's length. What is kept are
    whole batches, so that what is left is cut into the same batches as if nobody had stopped.
    """
    work = _work(loaded, asked)
    texts = kept.texts() if kept else {}
    order = sorted(
        range(len(asked)), key=lambda at: (asked[at].get(LIMIT) or 0, len(work.rows[at].prompt), at)
    )
    waiting = [place for place in order if place not in texts]
    with Bar(f"{who} writes", "text", len(asked), len(texts)) as bar, loaded.wearing(who):
        began, tokens = monotonic(), 0
        for batch in _batches(loaded, who, work, waiting, bar.update):
            new = {place: _text(loaded, written) for place, written in batch.items()}
            if kept:
                kept.add(new)
            texts |= new
            tokens += sum(len(written.ids) for written in batch.values())
            bar.n = len(texts)
            bar.set_postfix_str(f"{tokens / (monotonic() - began):,.0f} tokens/s")
    return tuple(texts[place] for place in range(len(asked)))


def continue_ids(loaded: Loaded, who: Who, prompts: Sequence[Sequence[int]], tokens: int) -> list[list[int]]:
    """The likeliest so many tokens behind each prompt, in the order of the prompts; nothing ends them."""
    rows = tuple(Row(prompt, tokens) for prompt in prompts)
    work = _Work(rows, (), Decoding(max_new_tokens=tokens, temperature=0.0), frozenset())
    order = sorted(range(len(rows)), key=lambda at: (len(rows[at].prompt), at))
    found: dict[int, list[int]] = {}
    with Bar(f"{who} goes on", "text", len(rows)) as bar, loaded.wearing(who):
        for batch in _batches(loaded, who, work, order, bar.update):
            found |= {place: written.ids for place, written in batch.items()}
    return [found[place] for place in range(len(rows))]


def not_a_number(who: Who, recipe: str) -> StageError:
    """The error for a model whose logits are NaN, with what to try."""
    cure = {"base": "--dtype float32", "adapter": "--learning_rate 1e-5", "last": ""}[who]
    return StageError(
        f"The {who} computes NaN or infinity instead of likelihoods.",
        fix=f"python -m train tune {recipe} {cure}".strip(),
    )


def _work(loaded: Loaded, asked: Sequence[Inputs]) -> _Work:
    decoding, message = loaded.writer.decoding, loaded.writer.message
    rows = tuple(_row(loaded, inputs) for inputs in asked)
    seeds = tuple(seed_of(decoding.seed, str(inputs[message])) for inputs in asked)
    return _Work(rows, seeds, decoding, _stops(loaded))


def _row(loaded: Loaded, inputs: Inputs) -> Row:
    ids: list[int] = loaded.tokenizer(loaded.prompt(inputs), add_special_tokens=False)["input_ids"]
    if len(ids) >= loaded.window:
        title = str(inputs[loaded.writer.message])[:60]
        what = f"The prompt for {title!r} fills all {loaded.window} tokens that the base can read."
        raise StageError(what, fix="shorten the titles or the recipe's prompt, then prepare and tune again")
    return Row(ids, min(loaded.writer.decoding.max_new_tokens, loaded.window - len(ids)))


def _batches(
    loaded: Loaded, who: Who, work: _Work, waiting: Sequence[int], ended: Callable[[int], object]
) -> Iterator[dict[int, Written]]:
    """What is written for each waiting row, batch by batch; where memory runs out, batches become smaller."""
    size = at_once(loaded.model, work.longest)
    while waiting:
        places = waiting[:size]
        try:
            written = _written(loaded, work, places, ended)
        except NotANumberError as error:
            raise not_a_number(who, loaded.writer.name) from error
        if written is None:
            size = len(places) // 2
            clear_device_cache(garbage_collection=True)
            tqdm.write(f"Too little memory for {len(places)} texts at once: {size} from here on.", sys.stderr)
            continue
        yield dict(zip(places, written, strict=True))
        waiting = waiting[size:]


def _written(
    loaded: Loaded, work: _Work, places: Sequence[int], ended: Callable[[int], object]
) -> list[Written] | None:
    """One batch; nothing if there is too little memory for it, unless it is a single text."""
    rows = [work.rows[place] for place in places]
    luck = draw(work.decoding, [work.seeds[place] for place in places if work.seeds], loaded.model.device)
    try:
        return continued(loaded.model, rows, work.stops, luck, ended)
    except RuntimeError as error:
        if len(places) == 1 or not should_reduce_batch_size(error):
            raise
        return None


def _text(loaded: Loaded, written: Written) -> Text:
    return Text(str(loaded.tokenizer.decode(written.ids, skip_special_tokens=True)), written.finished)


def _stops(loaded: Loaded) -> frozenset[int]:
    """A base may end its turns with other tokens than the tokenizer's; either one ends a text."""
    known = loaded.model.generation_config.eos_token_id
    stops = {*([known] if isinstance(known, int) else known or []), loaded.tokenizer.eos_token_id}
    return frozenset(stop for stop in stops if stop is not None)
