import pytest

from cards.facts import Loss
from cards.plots import loss_curve

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
