"""Rows as token ids with labels: the prompt as it is served, the answer, its end; no cut is silent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from train.errors import StageError
from train.tune.report import Cut

UNLEARNED = -100  # the label that a loss passes over


@dataclass(frozen=True)
class Lesson:
    """What one forward pass sees of a row, and the ids it learns."""

    input_ids: tuple[int, ...]
    labels: tuple[int, ...]


def lessons(tokenizer: Any, rows: Sequence[Mapping[str, Any]], length: int) -> tuple[tuple[Lesson, ...], Cut]:
    """The rows of `prompt.row` as lessons of at most `length` tokens, and what did not fit.

    A longer answer is learned in pieces, each behind the prompt and the words before it, so that
    every one of its tokens is learned once, and its end with them.
    """
    asked = [_rendered(tokenizer, row, row["prompt"], True) for row in rows]
    whole = [_rendered(tokenizer, row, [*row["prompt"], *row["completion"]], False) for row in rows]
    prompts = _ids(tokenizer, asked)
    answers = _answers(tokenizer, asked, prompts, whole)
    pieces = [tuple(windows(*pair, length)) for pair in zip(prompts, answers, strict=True)]
    left_out = [len(answer) for answer, each in zip(answers, pieces, strict=True) if not each]
    split = sum(len(each) > 1 for each in pieces)
    return tuple(lesson for each in pieces for lesson in each), Cut(len(left_out), sum(left_out), split)


def windows(prompt: Sequence[int], answer: Sequence[int], length: int) -> Iterator[Lesson]:
    """An answer in pieces that fit behind its prompt; none if the prompt fills half the length or more."""
    room = length - len(prompt)
    if len(answer) > room and room <= length // 2:
        return
    shown, start = 0, 0  # of a later piece, a quarter is what came before it
    while start < len(answer):
        end = min(len(answer), start + room - shown)
        hidden = (UNLEARNED,) * (len(prompt) + shown)
        yield Lesson((*prompt, *answer[start - shown : end]), (*hidden, *answer[start:end]))
        start, shown = end, room // 4


def _rendered(tokenizer: Any, row: Mapping[str, Any], turns: list[Any], asks: bool) -> str:
    wishes = row["chat_template_kwargs"]
    return str(tokenizer.apply_chat_template(turns, add_generation_prompt=asks, tokenize=False, **wishes))


def _ids(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    ids: list[list[int]] = tokenizer(list(texts), add_special_tokens=False)["input_ids"] if texts else []
    return ids


def _answers(
    tokenizer: Any, asked: Sequence[str], prompts: Sequence[list[int]], whole: Sequence[str]
) -> list[list[int]]:
    """The answers' ids with one end each, as they follow the prompt's own ids."""
    for before, text in zip(asked, whole, strict=True):
        if not text.startswith(before):
            what = f"The base writes a prompt otherwise once it is answered: {before[-60:]!r}."
            raise StageError(what, fix="name another base in the recipe (model_name_or_path)")
    joined = zip(asked, whole, prompts, _ids(tokenizer, whole), strict=True)
    # Where the prompt's last token would join the answer's first, the answer stands alone, as in serving.
    bodies = [
        full[len(ids) :] if full[: len(ids)] == ids else _ids(tokenizer, [text[len(before) :]])[0]
        for before, text, ids, full in joined
    ]
    return [_ended(body, int(tokenizer.eos_token_id)) for body in bodies]


def _ended(ids: list[int], end: int) -> list[int]:
    return [*(ids[: ids.index(end)] if end in ids else ids), end]
