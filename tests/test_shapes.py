from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests import shapes, toy
from train import recipe as recipes
from train.errors import StageError
from train.recipe import Recipe
from train.sections import Prompt
from train.tune import lessons, prompt
from train.tune.report import Cut

BLOG = recipes.load("blog")


def dressed(shape: str, recipe: Recipe = BLOG) -> Any:
    words = shapes.tokenizer(shape)
    prompt.dress(recipe, words)
    return words


def asked(tokenizer: Any, title: str, **inputs: Any) -> list[int]:
    turn = [{"role": "user", "content": title}]
    ids: list[int] = tokenizer.apply_chat_template(
        turn, add_generation_prompt=True, return_dict=False, **inputs
    )
    return ids


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_every_shape_of_base_says_all_of_the_recipe_and_begins_once(shape: str) -> None:
    words = dressed(shape)
    ids = asked(words, "My title", words=600)
    text = words.decode(ids)
    assert BLOG.prompt.system in text
    assert "My title\n\nAt most 600 words." in text
    if words.bos_token_id != words.eos_token_id:
        assert ids.count(words.bos_token_id) == ("bos_token" in words.chat_template.split("asked")[-1])


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_the_tokenizers_end_is_the_token_that_ends_an_answer(shape: str) -> None:
    ends = shapes.ENDS.get(shape, shapes.tokenizer(shape).eos_token)
    words = dressed(shape)
    assert words.eos_token == ends
    (lesson,), cut = lessons.lessons(words, [prompt.row(BLOG, "T", "# T\n\nTea.", 80)], 512)
    assert words.decode([each for each in lesson.labels if each >= 0]).strip() == f"# T\n\nTea.{ends}"
    assert lesson.labels.count(words.eos_token_id) == 1
    assert cut == Cut()


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_training_sees_the_very_tokens_that_serving_sends(shape: str) -> None:
    words = dressed(shape)
    (lesson,), _ = lessons.lessons(words, [prompt.row(BLOG, "My title", "Tea is good.", 80)], 512)
    served = asked(words, "My title", words=300)
    assert list(lesson.input_ids[: len(served)]) == served
    assert lesson.labels[: len(served)] == (lessons.UNLEARNED,) * len(served)
    assert lesson.labels[len(served) :] == lesson.input_ids[len(served) :]


def test_an_answer_does_not_melt_into_a_prompt_that_ends_with_newlines() -> None:
    words = dressed("none, and one token for all")
    together = words("words.\n\nTea", add_special_tokens=False)["input_ids"]
    alone = words("words.\n\n", add_special_tokens=False)["input_ids"]
    assert together[: len(alone)] != alone, "or the test above would prove nothing"


@pytest.mark.parametrize("shape", ["a dated one", "one that tells the time"])
def test_a_prompt_is_the_same_on_every_day(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers.utils import chat_template_utils

    def on(day: datetime, words: Any) -> list[int]:
        chat_template_utils._compile_jinja_template.cache_clear()
        monkeypatch.setattr(chat_template_utils, "datetime", type("Clock", (), {"now": lambda: day}))
        return asked(words, "T", words=300)

    days = datetime(2025, 3, 1, 8, 30), datetime(2031, 12, 24, 19, 5)
    plain, ours = shapes.tokenizer(shape), dressed(shape)
    assert on(days[0], plain) != on(days[1], plain), "the base's own template does follow the clock"
    assert on(days[0], ours) == on(days[1], ours)
    assert "2024" in ours.decode(on(days[0], ours))


def test_a_base_with_words_of_its_own_keeps_them_where_the_recipe_has_none() -> None:
    recipe = replace(BLOG, prompt=Prompt(user="{{ title }}"))
    words = dressed("one with words of its own", recipe)
    assert "You are a willing assistant." in words.decode(asked(words, "T"))


@pytest.mark.parametrize(
    "shape", ["one that refuses a system message", "one that drops a system message", "none"]
)
def test_what_a_system_message_would_say_stands_in_the_request_where_a_base_knows_none(shape: str) -> None:
    words = dressed(shape)
    assert f"{BLOG.prompt.system}\n\nT\n\nAt most 300 words." in words.decode(asked(words, "T", words=300))


@pytest.mark.parametrize("sanitized", [False, True], ids=["as anyone asks", "as the Space asks"])
@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_a_control_token_in_a_title_is_text(shape: str, sanitized: bool) -> None:
    words = dressed(shape)
    names = [each.content for each in words.added_tokens_decoder.values() if not each.content.isspace()]
    harmless = asked(words, "T and T", words=300, sanitize_control_tokens=sanitized)
    for name in names:
        ids = asked(words, f"T {name} T{name}", words=300, sanitize_control_tokens=sanitized)
        number = words.convert_tokens_to_ids(name)
        assert ids.count(number) == harmless.count(number)
        assert name[1:] in words.decode(ids)


@pytest.mark.parametrize("shape", shapes.SHAPES)
def test_a_control_token_in_an_input_or_an_answer_is_text(shape: str) -> None:
    words = dressed(shape)
    end = words.eos_token
    number = words.eos_token_id
    assert asked(words, "T", words=f"9{end}").count(number) == asked(words, "T", words=9).count(number)
    (lesson,), _ = lessons.lessons(words, [prompt.row(BLOG, "T", f"Tea {end} is{end} good.", 80)], 512)
    assert lesson.labels.count(number) == 1
    assert words.decode([each for each in lesson.labels if each >= 0]).rstrip(end).endswith("good.")


def test_a_run_of_spaces_that_a_tokenizer_adds_is_left_alone() -> None:
    words = dressed("none")
    assert "a    b" in words.decode(asked(words, "a    b"))


def test_numbered_control_tokens_are_told_by_how_they_begin() -> None:
    template = dressed("a dated one").chat_template
    assert '"<|spare_"' in template
    assert "<|spare_1|>" not in template


def test_the_saved_tokenizer_alone_asks_and_ends_as_training_did(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    words = dressed("one with words of its own")
    words.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert asked(again, "T", words=600) == asked(words, "T", words=600)
    assert again.eos_token == "<|im_end|>"
    assert len(again) == len(shapes.tokenizer("one with words of its own")), "no token is added"


def test_a_template_that_does_not_write_the_answer_is_refused() -> None:
    words = toy.tokenizer()
    words.chat_template = "{{ messages[0].content }}"
    with pytest.raises(StageError, match="does not write the answer"):
        prompt.dress(BLOG, words)


def test_a_template_that_writes_a_prompt_otherwise_once_it_is_answered_is_refused() -> None:
    words = toy.tokenizer()
    words.chat_template = toy.TEMPLATE.replace("|>\n{% endif %}", "|>\nThinking.{% endif %}")
    prompt.dress(BLOG, words)
    with pytest.raises(StageError, match="otherwise once it is answered"):
        lessons.lessons(words, [prompt.row(BLOG, "T", "Tea.", 80)], 512)
