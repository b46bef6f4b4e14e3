from pathlib import Path

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
        pytest.param(
            ("title: Title", "tilte: Title"),
            "`title` is missing, and `tilte` is no key: is it meant?",
            id="a missing key, misspelt",
        ),
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
        pytest.param(
            ("words: [120, 3000]", "words: [3000, 120]"), "begins with the least", id="the most first"
        ),
        pytest.param(
            ("title: Title", "name: blog\ntitle: Title"), "line 3: a second `name`", id="a key twice"
        ),
        pytest.param(
            ("{validation: 0.1", "{test: 0.2, validation: 0.1"), "a second `test`", id="twice in a row"
        ),
        pytest.param(
            ("dataset: OWNER/blog-posts", "dataset: blog posts"),
            "publish: 'blog posts' is not OWNER/NAME",
            id="no name for a repository",
        ),
        pytest.param(
            ("{{ title }}", "{{ titel }}"),
            "`titel` is no input, and would be nothing. Did you mean title?",
            id="a prompt with a misspelt input",
        ),
        pytest.param(
            ("{{ title }}", "{{ title }"), "prompt: line 1 is no Jinja", id="a prompt with a brace too few"
        ),
        pytest.param(
            ("{{ title }}", "Write."), "prompt: it does not say `title`", id="a prompt without what is asked"
        ),
        pytest.param(
            ("default: 600", "default: 700"),
            "default of `words` is none of its choices",
            id="a default that nobody can choose",
        ),
        pytest.param(("  words: {", "  for: {"), "`for` is no word", id="an input whose name Jinja takes"),
        pytest.param(
            ("language: en", "language: English"),
            "a code of two or three letters, as en, not 'English'",
            id="a language that no filter knows",
        ),
        pytest.param(
            ("path: nepalprabin/blog_dataset", "path: ''"),
            "sources: a path is empty",
            id="the whole folder by mistake",
        ),
        pytest.param(
            ("kind: hub", "kind: hub\n    limit: -1"),
            "`sources.0.limit` cannot be -1",
            id="a limit below one",
        ),
        pytest.param(
            ("gate:", "decoding: {max_new_tokens: 0}\ngate:"),
            "`decoding.max_new_tokens` cannot be 0",
            id="texts without a token",
        ),
        pytest.param(
            ("gate:", "decoding: {top_p: 1.5}\ngate:"),
            "`decoding.top_p` cannot be 1.5",
            id="more than all tokens",
        ),
        pytest.param((BLOG, ""), "keys and values", id="an empty file"),
        pytest.param((BLOG, "- blog"), "keys and values", id="a list"),
        pytest.param(("test: 0.1", "test: 0.9"), "something to train on", id="nothing left to train on"),
        pytest.param(("title: Title", "title: [Title"), "is not valid YAML: line", id="broken YAML"),
        pytest.param(
            ("title: Title to blog post", "title: 2024-02-30"), "is not valid YAML: day", id="no day"
        ),
        pytest.param(("title: Title", f"notes: {'[' * 3000}\ntitle:"), "is not valid YAML", id="a pit"),
        pytest.param(
            ("language: en", "language: no"),
            "`language` cannot be False: Input should be a valid string; YAML reads yes and no",
            id="Norwegian",
        ),
        pytest.param(
            ("kind: hub", "kind: hub\n    take: post"),
            "`sources.0.take` cannot be 'post': Input should be a valid list.",
            id="a word where a list is meant",
        ),
        pytest.param(
            ("keep:", "pairs: {words: [60, 8]}\nkeep:"),
            "pairs: words and overlap begin with the least.",
            id="pairs that no sentence fits",
        ),
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


def test_a_copied_recipe_that_keeps_its_name_would_write_into_the_other_ones_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipes, "FOLDER", tmp_path)
    (tmp_path / "mine.yaml").write_text(BLOG, encoding="utf-8")
    with pytest.raises(RecipeError, match="name is `blog`, and the file's is `mine`"):
        recipes.load("mine")
