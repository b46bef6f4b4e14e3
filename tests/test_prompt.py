from dataclasses import replace
from typing import Any

import pytest

from tests import toy
from train import recipe as recipes
from train.errors import RecipeError, StageError
from train.recipe import Recipe
from train.sections import Input, Prompt
from train.tune import prompt

BLOG = recipes.load("blog")


def rendered(
    recipe: Recipe, *turns: tuple[str, str], template: str | None = toy.TEMPLATE, **inputs: Any
) -> str:
    words = toy.tokenizer()
    words.chat_template = prompt.chat_template(recipe, template)
    messages = [{"role": role, "content": content} for role, content in turns]
    generate = turns[-1][0] == "user"
    text: str = words.apply_chat_template(messages, add_generation_prompt=generate, tokenize=False, **inputs)
    return text


@pytest.mark.parametrize(
    ("inputs", "request_"),
    [
        pytest.param({"words": 600}, "My title\n\nAt most 600 words.", id="with a word limit"),
        pytest.param({"words": None}, "My title", id="with no word limit"),
        pytest.param({}, "My title", id="with nothing else said"),
    ],
)
def test_a_title_is_all_a_stranger_needs(inputs: dict[str, Any], request_: str) -> None:
    assert rendered(BLOG, ("user", "My title"), **inputs) == (
        "<|bos|><|system|>\nYou write clear blog posts in Markdown.<|end|>"
        f"<|user|>\n{request_}<|end|><|assistant|>\n"
    )


@pytest.mark.parametrize("title", ["{{ 7 * 7 }}", "{% endset %}", '"quoted"\\', "<|end|> & <b>", "日本語 🎈"])
def test_a_title_is_data_never_template(title: str) -> None:
    assert f"<|user|>\n{title}\n\nAt most 80 words." in rendered(BLOG, ("user", title), words=80)


@pytest.mark.parametrize(
    ("user", "seen"),
    [
        pytest.param(
            "{% if words %}A\n{% endif %}\nB{{ title }}", "A\n\nBT", id="newlines after a block stay"
        ),
        pytest.param(
            "### title: {{ title }} ###\ndescription:", "### title: T ###\ndescription:", id="plain text"
        ),
        pytest.param("{% if words -%}\n  A{% endif %}{{ title }}", "AT", id="a dash still trims"),
    ],
)
def test_the_recipes_words_are_kept_to_the_letter(user: str, seen: str) -> None:
    recipe = replace(BLOG, prompt=Prompt(user=user, system=""))
    text = rendered(recipe, ("user", "T"), words=1)
    assert text == f"<|bos|><|user|>\n{seen}<|end|><|assistant|>\n"


def test_two_requests_in_one_conversation_are_refused() -> None:
    import jinja2

    with pytest.raises(jinja2.TemplateError, match="exactly one user message"):
        rendered(BLOG, ("user", "one"), ("assistant", "two"), ("user", "three"))


def test_the_training_prompt_is_the_serving_prompt_followed_by_the_answer() -> None:
    asked = rendered(BLOG, ("user", "T"), words=80)
    learned = rendered(BLOG, ("user", "T"), ("assistant", "# T"), words=80)
    assert learned == asked + "# T<|end|>"


def test_a_base_without_a_template_gets_a_plain_one() -> None:
    text = rendered(BLOG, ("user", "T"), template=None, words=80)
    assert text == "<|bos|>You write clear blog posts in Markdown.\n\nT\n\nAt most 80 words.\n\n"


def test_a_template_that_would_write_todays_date_gets_a_fixed_one() -> None:
    dated = "{% if date_string is not defined %}{% set date_string = 'today' %}{% endif %}{{ date_string }}"
    assert rendered(BLOG, ("user", "T"), template=dated) == "26 Jul 2024"


@pytest.mark.parametrize(
    ("words", "limit"),
    [pytest.param(300, 300, id="just within"), pytest.param(301, 600, id="just over"), (5000, None)],
)
def test_a_text_is_asked_for_with_the_smallest_limit_it_keeps(words: int, limit: int | None) -> None:
    assert prompt.row(BLOG, "T", "# T", words)["chat_template_kwargs"] == {"words": limit}


def test_a_golden_prompt_is_refused_where_the_template_differs() -> None:
    words = toy.tokenizer()
    words.chat_template = prompt.chat_template(BLOG, toy.TEMPLATE)
    recorded = prompt.golden(BLOG, words, ["One", "Two"])
    assert [each.inputs for each in recorded] == [
        {"title": "One", "words": 300},
        {"title": "Two", "words": 600},
    ]
    prompt.check_golden(words, "title", recorded, fix="")
    words.chat_template = words.chat_template.replace("clear", "great")
    with pytest.raises(StageError, match="'One' is not the one that training saw"):
        prompt.check_golden(words, "title", recorded, fix="")


@pytest.mark.parametrize("system", ["Write 🎈 and „日本語“.", 'Say "no" {{ 7 * 7 }} \\ {% raw %}'])
def test_a_system_message_is_kept_to_the_letter(system: str) -> None:
    recipe = replace(BLOG, prompt=Prompt(user="{{ title }}", system=system))
    assert f"<|system|>\n{system}<|end|>" in rendered(recipe, ("user", "T"))


def test_an_input_may_be_called_prompt() -> None:
    inputs = {"prompt": Input(label="Prompt"), "words": BLOG.inputs["words"]}
    recipe = replace(BLOG, inputs=inputs, prompt=Prompt(user="{{ prompt }}, {{ words }} words"))
    text = rendered(recipe, ("user", "A cold morning"), words=80)
    assert "<|user|>\nA cold morning, 80 words<|end|>" in text


def test_no_input_is_called_like_a_parameter_of_chat_templates() -> None:
    from inspect import signature

    from transformers import PreTrainedTokenizerBase

    parameters = set(signature(PreTrainedTokenizerBase.apply_chat_template).parameters)
    assert parameters - {"self", "kwargs"} <= recipes.SPOKEN_FOR


@pytest.mark.parametrize("name", ["tools", "padding", "messages", "word limit", "for", "date_string"])
def test_an_input_with_a_name_that_is_spoken_for_is_refused_when_the_recipe_is_read(name: str) -> None:
    text = (
        recipes.path_of("blog").read_text(encoding="utf-8").replace("  words: {label", f"  {name}: {{label")
    )
    with pytest.raises(RecipeError, match=f"inputs: `{name}` is no word, or one that chat templates use"):
        recipes.parse(text, "mine.yaml")
