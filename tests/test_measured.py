from dataclasses import replace
from pathlib import Path

import pytest

from cards.render import model_card
from tests.golden import facts as golden
from tests.golden import run as invented
from train.evaluate.report import Check
from train.release import measured
from train.release.results import Results, read


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder: Path = tmp_path_factory.mktemp("runs") / "blog"
    return read(invented.make(folder), "blog")


def with_private(results: Results, *checks: Check) -> Results:
    """The same results, of an adapter that learned from private texts too."""
    verdict = replace(results.verdict, checks=checks)
    return replace(results, dataset=replace(results.dataset, private=3), verdict=verdict)


def longest(words: float) -> Check:
    return Check("copied_words", words, 50.0, True, f"The longest run has {words:.0f} words.")


@pytest.mark.parametrize(
    ("checks", "is_shown"),
    [
        pytest.param((longest(12.0),), True, id="no text repeats more than people share"),
        pytest.param((longest(15.0),), False, id="a text repeats a sentence"),
        pytest.param((), False, id="nobody looked"),
    ],
)
def test_a_writer_of_private_texts_shows_a_sample_only_if_it_repeats_none(
    results: Results, checks: tuple[Check, ...], is_shown: bool
) -> None:
    found = with_private(results, *checks)
    assert (measured.sample(found) is not None) == is_shown
    assert measured.withheld(found) != is_shown


def test_without_private_texts_nothing_is_withheld(results: Results) -> None:
    assert measured.sample(results) is not None
    assert not measured.withheld(replace(results, verdict=replace(results.verdict, checks=())))


@pytest.mark.parametrize(
    ("asked", "finished", "is_shown"),
    [
        pytest.param("structure", True, False, id="a post without its parts"),
        pytest.param("unfinished", True, True, id="a news text has no parts to lack"),
        pytest.param("unfinished", False, False, id="a news text that was cut off"),
    ],
)
def test_the_sample_is_complete_by_what_its_writer_is_asked_for(
    results: Results, asked: str, finished: bool, is_shown: bool
) -> None:
    figure = replace(results.metrics.metrics[0], name=asked)
    written = replace(results.samples[-1], lacks=("sections",), finished=finished)
    found = replace(results, metrics=replace(results.metrics, metrics=(figure,)), samples=(written,))
    assert (measured.sample(found) is not None) == is_shown


def test_a_text_that_hides_private_words_is_no_sample_of_what_the_adapter_writes(results: Results) -> None:
    first, second = (
        replace(results.samples[-1], lacks=(), text=text) for text in ("# A […] b", "# All of it")
    )
    shown = measured.sample(replace(results, samples=(first, second)))
    assert shown
    assert shown.text == "# All of it"


def test_a_card_says_why_it_shows_no_sample() -> None:
    card = model_card(replace(golden.MODEL, sample=None, withheld=True))
    assert "it learned from private texts" in card
    assert "None of its texts is complete" not in card


def test_the_facts_of_a_training_name_its_device_and_what_it_took(results: Results) -> None:
    found = measured.training(results)
    assert (found.device, found.devices, found.cut_rows, found.best_step) == ("NVIDIA H200", 1, 1, 200)
    assert found.minutes == pytest.approx(14.06, abs=0.01)


def test_the_version_before_is_named_with_its_commit(results: Results) -> None:
    last = measured.evidence(results).last
    assert last is not None
    assert (last.tag, last.commit) == ("v0.0.9", "7c" * 20)
