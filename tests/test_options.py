import dataclasses
import subprocess
import sys
from dataclasses import replace

import pytest

from train import recipe as recipes
from train.errors import RecipeError
from train.recipe import Recipe
from train.run import ROOT
from train.sections import Option
from train.tune import options, renamed


def tuned(**changes: Option) -> Recipe:
    recipe = recipes.load("blog")
    return replace(recipe, tune=recipe.tune | changes)


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
    assert options.settings(tuned(learning_rate="1e-4"), options.TRAINING)["learning_rate"] == 1e-4


def test_a_json_object_reaches_trl_as_one_and_the_recipe_as_text() -> None:
    words = ["--lr_scheduler_kwargs", '{"num_cycles": 2}']
    recipe = options.overridden(recipes.load("blog"), words)
    assert recipe.tune["lr_scheduler_kwargs"] == words[1]
    assert options.settings(recipe, options.TRAINING)["lr_scheduler_kwargs"] == {"num_cycles": 2}


def test_one_layer_to_train_stays_a_layer_and_becomes_no_pattern() -> None:
    from trl import ModelConfig

    given = options.settings(tuned(lora_target_modules=["c_attn"]), options.MODEL)["lora_target_modules"]
    assert set(ModelConfig(lora_target_modules=given).lora_target_modules or ()) == {"c_attn"}


@pytest.mark.parametrize(
    ("older", "today", "note"),
    [
        pytest.param(
            {"max_seq_length": 512},
            {"max_length": 512},
            "`max_seq_length: 512` is now `max_length: 512`",
            id="a new name",
        ),
        pytest.param(
            {"torch_dtype": "float16"}, {"dtype": "float16"}, "now `dtype: float16`", id="a type of number"
        ),
        pytest.param(
            {"warmup_ratio": 0.03},
            {"warmup_steps": 0.03},
            "now `warmup_steps: 0.03`",
            id="a share of all steps",
        ),
        pytest.param(
            {"warmup_ratio": "3e-2"},
            {"warmup_steps": 0.03},
            "now `warmup_steps: 0.03`",
            id="a share as a string",
        ),
        pytest.param(
            {"evaluation_strategy": False},
            {"eval_strategy": "no"},
            "`eval_strategy: false`",
            id="YAML's bare no",
        ),
        pytest.param(
            {"group_by_length": True},
            {"train_sampling_strategy": "group_by_length"},
            "now `train_sampling_strategy: group_by_length`",
            id="a switch that became a choice",
        ),
        pytest.param(
            {"bnb_4bit_use_double_quant": True},
            {"use_bnb_nested_quant": True},
            "now `use_bnb_nested_quant: true`",
            id="bitsandbytes' own name",
        ),
        pytest.param(
            {"use_4bit": True}, {"load_in_4bit": True}, "now `load_in_4bit: true`", id="from notebooks"
        ),
        pytest.param(
            {"packing_strategy": "bfd-requeue"},
            {"packing_strategy": "bfd_split"},
            "now `packing_strategy: bfd_split`",
            id="a new name of a value",
        ),
        pytest.param(
            {"logging_dir": "logs"}, {}, "`logging_dir` is no longer an option", id="gone: a folder"
        ),
        pytest.param({"overwrite_output_dir": True}, {}, "left out", id="gone: a switch"),
        pytest.param({"tokenizer": "gpt2"}, {}, "the base's own tokenizer", id="gone: the tokenizer"),
    ],
)
def test_an_option_of_an_older_version_is_understood_with_a_note(
    older: dict[str, Option],
    today: dict[str, Option],
    note: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wanted = {"model_name_or_path": "acme/base"} | today
    bare = replace(recipes.load("blog"), tune={"model_name_or_path": "acme/base"})
    assert options.checked(replace(bare, tune=bare.tune | older)).tune == wanted
    seen = capsys.readouterr().err
    assert note in seen
    assert seen.count("\n") == 1
    words = [word for name, value in older.items() for word in (f"--{name}", str(value))]
    assert options.overridden(bare, words).tune == wanted


def test_an_older_name_on_the_command_line_overrides_the_recipes_newer_one() -> None:
    assert options.overridden(recipes.load("blog"), ["--max_seq_length", "64"]).tune["max_length"] == 64


def test_an_option_given_by_both_its_names_is_refused_unless_they_agree() -> None:
    assert options.checked(tuned(max_length=64, max_seq_length=64)).tune["max_length"] == 64
    with pytest.raises(RecipeError, match="older name of `max_length`, and both"):
        options.checked(tuned(max_length=64, max_seq_length=128))


def test_no_older_name_is_one_of_todays() -> None:
    older = {*renamed.RENAMED, *renamed.OTHERWISE, *renamed.GONE}
    newer = {*renamed.RENAMED.values(), *(name for name, _ in renamed.OTHERWISE.values())}
    assert older & options.names() == set()
    assert newer <= options.names()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("learning_rate", "fast", "`learning_rate` takes a number, not 'fast'"),
        ("learning_rate", "nan", "takes a number"),
        ("max_steps", "many", "`max_steps` takes a whole number, not 'many'"),
        ("max_steps", 2.5, "takes a whole number"),
        ("max_steps", True, "takes a whole number"),
        ("packing", "perhaps", "`packing` takes true or false"),
        ("packing", 1, "takes true or false"),
        ("lr_scheduler_kwargs", 3.5, "takes a JSON object"),
        ("dtype", "fp16", "`dtype` cannot be 'fp16'. Did you mean float16? It takes one of auto, bfloat16"),
        ("lr_scheduler_type", "cosin", "cannot be 'cosin'. Did you mean cosine?"),
        ("optim", "adamw_troch", "Did you mean adamw_torch?"),
        ("max_length", "None", "takes a whole number"),
        ("parallelism_config", "x", "takes nothing a recipe can say"),
        ("warmup_ratio", 3, "a share from 0 to below 1"),
    ],
)
def test_a_value_that_an_option_does_not_take_is_one_line(name: str, value: Option, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        options.checked(tuned(**{name: value}))
    assert said in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("lora_task_type", "SEQ_CLS", "causal language model"),
        ("lora_modules_to_save", ["embed_tokens"], "many times larger"),
        ("lora_target_modules", ["q_proj", "lm_head"], "servers refuse"),
        ("lora_target_modules", ["wte"], "servers refuse"),
        ("lora_target_modules", r".*attn.*", "by their last word"),
        ("lora_target_modules", ["model.layers.0.q_proj"], "by their last word"),
        ("lora_r", 128, "1 to 64"),
        ("use_dora", True, "no DoRA"),
        ("use_rslora", True, "lora_alpha times the root"),
        ("use_peft", False, "an adapter is what is released"),
        ("load_in_8bit", True, "4 bits"),
        ("trust_remote_code", True, "run the base's own code"),
        ("push_to_hub", True, "`release` does"),
        ("hub_model_id", "acme/mine", "`release` does"),
        ("chat_template_path", "mine.jinja", "the recipe and the base alone"),
        ("eos_token", "<|stop|>", "the recipe and the base alone"),
        ("assistant_only_loss", True, "on the answer already"),
        ("completion_only_loss", False, "never the prompt"),
        ("packing_strategy", "wrapped", "see each other"),
        ("truncation_mode", "keep_end", "learned in pieces"),
        ("padding_free", True, "free of padding"),
        ("ignore_data_skip", True, "in the order"),
        ("output_dir", "elsewhere", "no effect"),
        ("dataset_kwargs", '{"skip_prepare_dataset": true}', "no effect"),
        ("learning_rate", 0, "nothing is learned"),
        ("per_device_train_batch_size", 0, "needs a row"),
        ("dtype", "auto", "compute in"),
    ],
)
def test_an_option_that_breaks_a_promise_is_refused_with_the_reason(
    name: str, value: Option, reason: str
) -> None:
    with pytest.raises(RecipeError) as caught:
        options.checked(tuned(**{name: value}))
    assert reason in str(caught.value)
    assert f"`{name}: " in str(caught.value)


def test_a_token_is_refused_and_not_repeated() -> None:
    with pytest.raises(RecipeError) as caught:
        options.checked(tuned(hub_token="hf_secret"))
    assert "hf_secret" not in str(caught.value)


def test_options_are_checked_without_torch() -> None:
    code = "import sys; from train import recipe; from train.tune import options; "
    code += "options.checked(recipe.load('blog')); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
