import re

import pytest

from cards.facts import Loss
from cards.plots import lengths, loss_curve

FALL = [Loss(step, 3.0 / step) for step in range(1, 40)]


@pytest.mark.parametrize(
    ("validation", "best", "said"),
    [
        pytest.param([], None, "<!-- loss -->", id="training alone"),
        pytest.param(
            [Loss(10, 0.4), Loss(20, 0.3)], 20, "<!-- loss; the weights of step 20 were kept -->", id="both"
        ),
        pytest.param([Loss(10, 0.4)], 30, "<!-- loss -->", id="a step that was not looked at"),
    ],
)
def test_a_loss_curve_is_the_same_each_time_and_says_what_was_kept(
    validation: list[Loss], best: int | None, said: str
) -> None:
    drawn = loss_curve(FALL, validation, best)
    assert drawn == loss_curve(FALL, validation, best)
    assert said in drawn
    assert ("<!-- validation -->" in drawn) == bool(validation)


def test_a_training_that_logged_nothing_can_be_drawn_too() -> None:
    assert "</svg>" in loss_curve([], [], None)


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        pytest.param({"base": [40, 250], "this version": [95, 101, 99]}, 100, id="of a limit"),
        pytest.param({"this version": [412]}, None, id="in words"),
        pytest.param({}, None, id="nothing was written"),
    ],
)
def test_lengths_are_drawn_for_each_writer_and_the_same_each_time(
    texts: dict[str, list[float]], mark: float | None
) -> None:
    drawn = lengths(texts, "words of a text", mark)
    assert drawn == lengths(texts, "words of a text", mark)
    assert all(f"<!-- {writer} -->" in drawn for writer in texts)
    assert "<!-- words of a text -->" in drawn


def test_a_picture_has_no_ink_that_only_one_background_shows() -> None:
    drawn = loss_curve(FALL, [Loss(10, 0.4)], 10) + lengths({"base": [1]}, "words", 100)
    assert not {"#000000", "#ffffff"} & set(re.findall(r"#[0-9a-f]{6}", drawn))
