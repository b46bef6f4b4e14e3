import json
from pathlib import Path

import pytest

from train.__main__ import main


@pytest.mark.parametrize(
    ("words", "said", "next_"),
    [
        pytest.param("prepar blog", "Did you mean prepare?", "prepare blog", id="a verb"),
        pytest.param("prepare blgo --samples", "Did you mean blog?", "prepare blog --samples", id="a recipe"),
        pytest.param(
            "--quiet card blog --opn", "Did you mean --open?", "--quiet card blog --open", id="an option"
        ),
        pytest.param(
            "tune blog --sampels", "Did you mean --samples?", "tune blog --samples", id="of tune's own"
        ),
        pytest.param(
            "tune blog --plan --max_stps=5",
            "mean max_steps?",
            "tune blog --plan --max_steps=5",
            id="of TRL's",
        ),
        pytest.param(
            "check-card x.md --kind modle",
            "Did you mean model?",
            "check-card x.md --kind model",
            id="a choice",
        ),
        pytest.param(
            "prepare blog news", "'news' is a word too many", "prepare --help", id="a word too many"
        ),
        pytest.param("release", "RECIPE", "release --help", id="too few words"),
        pytest.param(
            "prepare blog --sam", "Did you mean --samples?", "prepare blog --samples", id="no abbreviations"
        ),
        pytest.param("--quiet --verbose card blog", "not allowed", "--help", id="a contradiction"),
    ],
)
def test_a_wrong_word_is_told_with_the_command_that_was_meant(
    words: str,
    said: str,
    next_: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("IMPRINT_AGAIN", raising=False)
    code = main(["--json", *words.split()])
    told = json.loads(capsys.readouterr().out)
    assert said in told["error"]
    assert told["next"].removeprefix("python -m train ").removeprefix("--json ") == next_
    assert code == told["exit"] == (1 if "recipe" in told["error"] or "TRL" in told["error"] else 2)
