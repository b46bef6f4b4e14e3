from dataclasses import asdict, replace

import pytest

from train import recipe as recipes
from train.recipe import Recipe
from train.rehearse.scale import ACCOUNT, DIALOGUE, GATE, GPT2, LLAMA, NOTE, WORDS, as_yaml, scaled
from train.sections import Option, Source
from train.tune.options import checked

TITLES = ("A year with kites", "“Tea”: why? 日記")
SOURCES = (
    Source(kind="jekyll", path="runs/samples/blog", license="mit"),
    Source(kind="hub", path="rehearsal/posts", revision="1" * 40, columns={"text": "full_text"}),
)


def small(name: str) -> Recipe:
    return scaled(recipes.load(name), "0" * 40, SOURCES, TITLES)


@pytest.mark.parametrize("name", recipes.names())
def test_a_scaled_recipe_is_read_back_from_its_file_unchanged(name: str) -> None:
    assert recipes.parse(as_yaml(small(name)), "scaled.yaml") == small(name)


@pytest.mark.parametrize("name", recipes.names())
def test_a_rehearsal_publishes_in_public_under_its_own_account(name: str) -> None:
    publish = small(name).publish
    assert {repo.split("/")[0] for repo in publish.repositories} == {ACCOUNT}
    assert len(set(publish.repositories)) == 3
    assert not publish.private


@pytest.mark.parametrize("part", ["name", "title", "language", "prompt", "message"])
def test_what_a_rehearsal_is_there_to_show_is_left_alone(part: str) -> None:
    assert getattr(small("blog"), part) == getattr(recipes.load("blog"), part)


@pytest.mark.parametrize("name", recipes.names())
def test_a_rehearsal_asks_what_the_recipe_asks_but_for_what_one_small_grammar_cannot_show(name: str) -> None:
    asked, small_asked = asdict(recipes.load(name).gate), asdict(small(name).gate)
    assert {each for each, value in asked.items() if small_asked[each] != value} <= set(GATE)


@pytest.mark.parametrize(
    ("name", "base"),
    [("blog", LLAMA), ("humanizer", DIALOGUE), ("medium", GPT2), ("news", LLAMA), ("voice", GPT2)],
)
def test_a_scaled_recipe_trains_a_base_of_its_own_architecture_at_its_commit(name: str, base: str) -> None:
    tune = checked(small(name)).tune
    assert (tune["model_name_or_path"], tune["model_revision"]) == (base, "0" * 40)


@pytest.mark.parametrize(
    ("name", "own", "base"),
    [
        pytest.param("blog", "openai-community/gpt2", LLAMA, id="posts with sections"),
        pytest.param("news", "openai-community/gpt2", LLAMA, id="a form"),
        pytest.param("humanizer", "meta-llama/Llama-3.2-3B-Instruct", DIALOGUE, id="a sentence said again"),
    ],
)
def test_what_one_embedded_base_cannot_learn_is_rehearsed_on_the_other(
    name: str, own: str, base: str
) -> None:
    recipe = recipes.load(name)
    named: dict[str, Option] = {
        "model_name_or_path": own,
        "lora_target_modules": ["layers", "of", "its", "own"],
    }
    tune = scaled(replace(recipe, tune=recipe.tune | named), "0" * 40, SOURCES, TITLES).tune
    assert (tune["model_name_or_path"], tune["lora_target_modules"]) == (base, "all-linear")


@pytest.mark.parametrize("name", recipes.names())
@pytest.mark.parametrize(
    "option",
    [
        *("load_in_4bit", "use_bnb_nested_quant", "lora_r", "lora_alpha", "lora_dropout"),
        *("lora_target_modules", "packing", "lr_scheduler_type", "eval_strategy", "load_best_model_at_end"),
    ],
)
def test_a_rehearsal_trains_by_the_recipes_own_method(name: str, option: str) -> None:
    assert small(name).tune.get(option) == recipes.load(name).tune.get(option)


def test_a_scaled_form_offers_the_limits_and_titles_of_the_small_corpus() -> None:
    inputs = small("blog").inputs
    assert inputs["title"].examples == TITLES
    assert inputs["words"].choices == WORDS
    assert inputs["words"].default in WORDS


def test_a_rehearsals_cards_say_that_it_was_one() -> None:
    assert small("blog").notes[0] == NOTE
