import pytest

from train import recipe as recipes
from train.recipe import Recipe
from train.rehearse.scale import ACCOUNT, BASE, NOTE, WORDS, as_yaml, scaled
from train.sections import Source
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
def test_a_rehearsal_asks_for_form_limit_and_gain_as_the_recipe_does(name: str) -> None:
    asked, small_asked = recipes.load(name).gate, small(name).gate
    for threshold in (
        "structure",
        "words_over_limit",
        "unfinished",
        "bits_per_byte_gain",
        "bits_per_byte_loss",
    ):
        assert getattr(small_asked, threshold) == getattr(asked, threshold)


def test_a_rehearsal_still_asks_that_a_text_belongs_to_its_title() -> None:
    retrieval = small("blog").gate.retrieval
    assert retrieval is not None
    assert 1 / 50 < retrieval < 1


def test_a_scaled_recipe_trains_the_embedded_base_at_its_commit_with_options_that_trl_knows() -> None:
    tune = checked(small("blog")).tune
    assert (tune["model_name_or_path"], tune["model_revision"]) == (BASE, "0" * 40)


def test_a_scaled_form_offers_the_limits_and_titles_of_the_small_corpus() -> None:
    inputs = small("blog").inputs
    assert inputs["title"].examples == TITLES
    assert inputs["words"].choices == WORDS
    assert inputs["words"].default in WORDS


def test_a_rehearsals_cards_say_that_it_was_one() -> None:
    assert small("blog").notes[0] == NOTE
