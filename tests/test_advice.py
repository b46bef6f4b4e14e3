import pytest

from train.advice import advice

REHEARSAL = "make rehearse RECIPE=blog"
SAMPLES = "python -m train {verb} blog --samples"


@pytest.mark.parametrize(
    ("fix", "again", "typed"),
    [
        pytest.param(
            "python -m train tune mine", None, "python -m train tune my/mine.yaml", id="a path stays one"
        ),
        pytest.param("df -h runs", None, "df -h runs", id="other commands are left alone"),
        pytest.param("df -h runs", REHEARSAL, "df -h runs", id="other commands in a rehearsal too"),
        pytest.param("python -m train tune mine", REHEARSAL, REHEARSAL, id="a rehearsal is simply run again"),
        pytest.param(
            "python -m train bundle mine --version v0.2.0",
            REHEARSAL,
            "make rehearse RECIPE=blog VERSION=v0.2.0",
            id="a version is passed on to make",
        ),
        pytest.param(
            "python -m train bundle mine --version v0.2.0",
            SAMPLES,
            "python -m train bundle blog --samples --version v0.2.0",
            id="a version is passed on to a stage on the samples",
        ),
    ],
)
def test_advice_names_what_the_user_has_to_type(fix: str, again: str | None, typed: str) -> None:
    assert advice(fix, "my/mine.yaml", again) == typed
