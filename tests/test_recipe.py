import pytest

from train import recipe as recipes
from train.errors import RecipeError
from train.tune import options

BLOG = recipes.path_of("blog").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", recipes.names())
def test_every_shipped_recipe_is_read_and_trl_knows_its_options(name: str) -> None:
    assert options.checked(recipes.load(name)).name == name


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(("keep:", "kep:"), "unknown key `kep`. Did you mean keep?", id="a misspelt section"),
        pytest.param(
            ("{words: [120", "{wrods: [120"), "`keep.wrods`. Did you mean words?", id="a misspelt key"
        ),
        pytest.param(("title: Title", "tilte: Title"), "`title` is missing", id="a missing key, misspelt"),
        pytest.param(
            ("structure: 0.90", "structure: high"), "`gate.structure` cannot be 'high'", id="not a number"
        ),
        pytest.param(
            ("structure: 0.90", "structure: 90"),
            "`gate.structure` cannot be 90: a share lies between 0 and 1; 90% is 0.9.",
            id="per cent where a share is asked for",
        ),
        pytest.param(
            ("words_over_limit: 0.05", "words_over_limit: .inf"),
            "`gate.words_over_limit` cannot be inf: a share lies between 0 and 1.",
            id="a threshold that nothing exceeds",
        ),
        pytest.param(
            ("bits_per_byte_gain: 0.0", "bits_per_byte_gain: -1"),
            "`gate.bits_per_byte_gain` cannot be -1: a byte has 8 bits",
            id="a threshold that a loss passes",
        ),
        pytest.param(
            ("words_over_limit: 0.05", "length: 750"), "a score lies between 0 and 100", id="no such score"
        ),
        pytest.param(
            ("words_over_limit: 0.05", "copied_words: 0"), "at least one word", id="no word may be shared"
        ),
        pytest.param(
            ("kind: hub", "kind: hbu"), "`sources.0.kind` cannot be 'hbu'", id="an unknown kind of source"
        ),
        pytest.param(
            ("name: blog", "name: My Blog"), "name: small letters", id="a name that is no folder name"
        ),
        pytest.param(("test: 0.1", "test: 0.9"), "something to train on", id="nothing left to train on"),
        pytest.param(("title: Title", "title: [Title"), "is not valid YAML: line", id="broken YAML"),
    ],
)
def test_a_flaw_in_a_recipe_is_named(change: tuple[str, str], said: str) -> None:
    assert change[0] in BLOG
    with pytest.raises(RecipeError) as caught:
        recipes.parse(BLOG.replace(*change, 1), "mine.yaml")
    assert said in str(caught.value)
    assert "mine.yaml" in str(caught.value)
    assert caught.value.fix == "edit mine.yaml"


def test_an_unknown_recipe_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(RecipeError, match=r"no recipe 'blgo'\. Did you mean blog\?"):
        recipes.load("blgo")


def test_a_recipe_may_be_given_as_a_path() -> None:
    path = recipes.path_of("blog")
    assert recipes.load(str(path)) == recipes.load("blog")
