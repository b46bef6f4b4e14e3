"""What each held-out text costs base and adapter, in nats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import torch
from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size
from torch.nn.functional import cross_entropy

from train.bar import Bar
from train.errors import StageError
from train.evaluate.ask import Passage
from train.evaluate.generate import not_a_number
from train.evaluate.load import Loaded
from train.evaluate.report import Cost, Who

AT_ONCE = 4096  # tokens: the logits of that many take 2 GB in float32 with Llama's 128,000 words


@dataclass(frozen=True)
class _Encoded:
    ids: list[int]
    answer_from: int  # place of the first token that holds a character of the text
    bytes: int  # of the characters that the tokens within the window hold


def score(loaded: Loaded, who: Who, passages: Sequence[Passage]) -> tuple[Cost, ...]:
    """The cost of each passage's text after its prompt, in the order of the passages.

    The text's own tokens count; the prompt's do not, nor does the end token, which is no part of the text.
    A text that runs out of the window counts as far as the window reaches, its bytes too.
    """
    encoded = [_encode(loaded, passage) for passage in passages]
    nats: dict[int, float] = {}
    with (
        Bar(f"{who} reads", "text", len(passages)) as bar,
        loaded.wearing(who),
    ):
        for places in _batches([len(each.ids) for each in encoded]):
            nats |= dict(zip(places, _costs(loaded, [encoded[place] for place in places]), strict=True))
            bar.update(len(places))
    if not all(map(isfinite, nats.values())):
        raise not_a_number(who, loaded.writer.name)
    return tuple(
        Cost(passages[place].id, nats[place], each.bytes, len(each.ids) - each.answer_from)
        for place, each in enumerate(encoded)
    )


def _encode(loaded: Loaded, passage: Passage) -> _Encoded:
    """The text behind the very ids that serving sends, as training showed it."""
    prompt = loaded.prompt(passage.inputs)
    asked: list[int] = loaded.tokenizer(prompt, add_special_tokens=False)["input_ids"]
    ids, ends = _tokens(loaded, prompt + passage.text)
    begins = len(prompt)
    if ids[: len(asked)] != asked:  # the prompt's last token would join the text's first
        ids, ends = _tokens(loaded, passage.text)
        ids, ends, begins = asked + ids, [0] * len(asked) + ends, 0
    window = min(loaded.window, AT_ONCE)
    if len(asked) >= min(window, len(ids)):
        what = f"No token of the held-out text {passage.id!r} fits behind its prompt ({window} tokens)."
        raise StageError(what, fix=f"edit the recipe's prompt ({loaded.writer.name})")
    held = passage.text[: max(ends[:window]) - begins]
    return _Encoded(ids[:window], max(len(asked), 1), len(held.encode()))


def _tokens(loaded: Loaded, text: str) -> tuple[list[int], list[int]]:
    """The ids of a text, and where in it each token ends."""
    found = loaded.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    return found["input_ids"], [end for _, end in found["offset_mapping"]]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts of like length, together no more than AT_ONCE tokens once padded."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: (lengths[place], place)):
        if batch and (len(batch) + 1) * lengths[place] > AT_ONCE:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _costs(loaded: Loaded, batch: Sequence[_Encoded]) -> list[float]:
    """The nats of a batch; of its halves, one after the other, where there is too little memory."""
    try:
        return _nats(loaded, batch)
    except RuntimeError as error:
        if len(batch) == 1 or not should_reduce_batch_size(error):
            raise
    clear_device_cache(garbage_collection=True)
    middle = len(batch) // 2
    return _costs(loaded, batch[:middle]) + _costs(loaded, batch[middle:])


def _nats(loaded: Loaded, batch: Sequence[_Encoded]) -> list[float]:
    device = loaded.model.device
    padded = loaded.tokenizer.pad(
        {"input_ids": [each.ids for each in batch]}, padding=True, padding_side="right", return_tensors="pt"
    ).to(device)
    with torch.inference_mode():
        logits = loaded.model(**padded, use_cache=False).logits[:, :-1].float()
        costs = cross_entropy(logits.transpose(1, 2), padded["input_ids"][:, 1:], reduction="none")
    return [
        float(row[each.answer_from - 1 : len(each.ids) - 1].double().sum())
        for row, each in zip(costs, batch, strict=True)
    ]
