"""What a held-out text is scored as: the tokens that training learned, behind those that serving sends."""

from dataclasses import replace
from typing import Any

import pytest

from tests import toy
from tests.judged import BLOG, writer_of
from train.evaluate.ask import Passage
from train.evaluate.load import Loaded
from train.evaluate.score import _encode
from train.tune import prompt
from train.tune.lessons import lessons

TEXT = "# On tea\n\nTea is good."


class Model:
    class config:  # noqa: N801
        max_position_embeddings = 512


def loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Loaded:
    """Its tokenizer has a token for two newlines, and takes one of them alone before a word, like GPT-2's."""
    monkeypatch.setattr(toy, "TEXTS", [*toy.TEXTS, *["Notes\n\n"] * 9])
    words = toy.tokenizer()
    recipe = replace(BLOG, prompt=replace(BLOG.prompt, system="", user="{{ title }}"))
    words.chat_template = prompt.chat_template(recipe, None)
    return Loaded(Model, words, writer_of(recipe, tmp_path, words))


def test_a_text_is_scored_as_the_tokens_that_training_learned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    asked = loaded(monkeypatch, tmp_path)
    alone = asked.tokenizer("On tea\n\n", add_special_tokens=False)["input_ids"]
    before = asked.tokenizer(f"On tea\n\n{TEXT}", add_special_tokens=False)["input_ids"]
    assert before[: len(alone)] != alone, "or this test would not notice"
    found = _encode(asked, Passage("row", {"title": "On tea"}, TEXT))
    (learned,), _ = lessons(asked.tokenizer, [prompt.row(BLOG, "On tea", TEXT, 6)], 512)
    assert found.ids == list(learned.input_ids)[:-1], "all but the end, which is no part of the text"
    assert learned.labels[found.answer_from] == found.ids[found.answer_from]
    assert learned.labels[found.answer_from - 1] == -100
    assert found.bytes == len(TEXT.encode())
