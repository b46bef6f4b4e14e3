import dataclasses
from dataclasses import replace

import pytest

from train import recipe as recipes
from train.errors import RecipeError
from train.sections import Option
from train.tune import options


def test_the_option_names_read_from_the_sources_are_trls_own() -> None:
    from trl import ModelConfig, SFTConfig

    real = {field.name for config in (ModelConfig, SFTConfig) for field in dataclasses.fields(config)}
    assert options.names() == real


def test_a_misspelt_option_is_answered_with_the_nearest_one() -> None:
    recipe = recipes.load("blog")
    with pytest.raises(RecipeError, match=r"no option `learning_rat`\. Did you mean learning_rate\?"):
        options.checked(replace(recipe, tune=recipe.tune | {"learning_rat": 1}))


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        pytest.param(["--learning_rate", "1e-4"], "learning_rate", 1e-4, id="a number with an exponent"),
        pytest.param(["--max_steps=7"], "max_steps", 7, id="an equals sign"),
        pytest.param(["--packing", "False"], "packing", False, id="Python's word for false"),
        pytest.param(["--save_strategy", "no"], "save_strategy", "no", id="a no that is a word"),
        pytest.param(["--lora_target_modules", '["c_attn"]'], "lora_target_modules", ["c_attn"], id="a list"),
    ],
)
def test_an_option_on_the_command_line_overrides_the_recipe(
    words: list[str], name: str, value: Option
) -> None:
    assert options.overridden(recipes.load("blog"), words).tune[name] == value


@pytest.mark.parametrize("words", [["--max_steps"], ["max_steps", "7"], ["--max_steps", "7", "8", "9"]])
def test_half_an_option_is_refused(words: list[str]) -> None:
    with pytest.raises(RecipeError, match="--name value"):
        options.overridden(recipes.load("blog"), words)


def test_a_number_that_yaml_left_a_string_reaches_trl_as_a_number() -> None:
    recipe = recipes.load("blog")
    written = replace(recipe, tune=recipe.tune | {"learning_rate": "1e-4"})
    assert options.settings(written, options.TRAINING)["learning_rate"] == 1e-4
