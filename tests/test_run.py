import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pytest

from tests.waiting import wait_for
from train.errors import StageError
from train.run import (
    ROOT,
    as_json,
    as_sealed_json,
    digests,
    finished,
    read_result,
    replacing,
    write_text,
)


@dataclass(frozen=True)
class Result:
    key: str
    rows: dict[str, int]


def test_a_result_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    result = Result("k", {"train": 3})
    write_text(tmp_path / "report.json", as_json(result))
    assert read_result(Result, tmp_path / "report.json", fix="") == result


def test_a_missing_result_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"report\.json is missing") as caught:
        read_result(Result, tmp_path / "report.json", fix="python -m train prepare blog")
    assert caught.value.fix == "python -m train prepare blog"
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_a_result_of_another_shape_is_refused_with_the_flaw(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"key": "k", "rows": {"train": "many"}}')
    with pytest.raises(StageError, match=r"rows\.train"):
        read_result(Result, tmp_path / "report.json", fix="")


def test_a_result_counts_as_finished_only_for_the_same_inputs(tmp_path: Path) -> None:
    write_text(tmp_path / "report.json", as_json(Result("old", {})))
    assert finished(Result, tmp_path / "report.json", "old") == Result("old", {})
    assert finished(Result, tmp_path / "report.json", "new") is None
    assert finished(Result, tmp_path / "other.json", "old") is None


def test_a_figure_changed_in_a_sealed_result_is_noticed_and_the_stage_runs_again(tmp_path: Path) -> None:
    path, result = tmp_path / "report.json", Result("k", {"train": 3, "test": 14})
    write_text(path, as_sealed_json(result))
    assert read_result(Result, path, "fix") == finished(Result, path, result.key) == result
    for place, letter in enumerate(text := path.read_text()):
        if letter.isdigit():
            path.write_text(text[:place] + str((int(letter) + 1) % 10) + text[place + 1 :])
            with pytest.raises(StageError, match="was changed after its stage had written it"):
                read_result(Result, path, "fix")
            assert finished(Result, path, result.key) is None


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    folder.mkdir()
    (folder / "old").write_text("old")
    with replacing(folder) as fresh:
        (fresh / "new").write_text("new")
        assert list(digests(folder)) == ["old"], "readers see the old folder until the new one is whole"
    assert list(digests(folder)) == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["dataset"]


def test_a_failure_while_replacing_keeps_the_old_folder(tmp_path: Path) -> None:
    folder = tmp_path / "dataset"
    with replacing(folder) as fresh:
        (fresh / "kept").write_text("kept")
    with pytest.raises(KeyboardInterrupt), replacing(folder):
        raise KeyboardInterrupt
    assert list(digests(folder)) == ["kept"]


def test_a_second_process_in_the_same_run_says_who_is_there_and_waits(tmp_path: Path) -> None:
    hold = "import sys; from pathlib import Path; from train.run import alone\n"
    hold += "with alone(Path(sys.argv[1])):\n"
    hold += "    print('came', flush=True); sys.stdin.read(); print('left', flush=True)"
    command, said = [sys.executable, "-c", hold, str(tmp_path / "run")], tmp_path / "said.txt"

    def begun(stdin: int) -> "subprocess.Popen[str]":
        with said.open("a") as stdout:
            return subprocess.Popen(command, cwd=ROOT, stdin=stdin, stdout=stdout, stderr=PIPE, text=True)

    with begun(PIPE) as first:
        wait_for(said.read_text)
        with begun(DEVNULL) as second:
            assert second.stderr
            assert f"Process {first.pid} is at work" in second.stderr.readline()
            first.communicate()
    assert said.read_text() == "came\nleft\n" * 2, "the first one has ended before the second one begins"
