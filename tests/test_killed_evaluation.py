"""An evaluation that is killed and started again ends in the same bytes, and writes no text twice."""

import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from tests.judged import BLOG, Made, leave_dataset, make, rows
from tests.stopped import PROCESSES
from train.evaluate.judge import WRITTEN, evaluate
from train.evaluate.kept import Kept
from train.run import Run, digests
from train.sections import Decoding

CODE = "train.evaluate.order.digest_of_code"
TITLES = [f"On tea, part {number}" for number in range(150)]  # three batches a writer


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A run whose writer draws its texts by chance."""
    made = make(tmp_path_factory.mktemp("made"))
    shutil.rmtree(made.run.dataset)
    made = replace(made, dataset=leave_dataset(made.run, rows(TITLES)))
    made.rewrite(replace(made.writer(), decoding=Decoding(12, temperature=1.0, seed=3)))
    return made


def same_code(*_: str) -> str:
    """A source that is saved while the tests run would make it another evaluation."""
    return "code"


def evaluate_and_die(run: Run, batches: int, torn: bool) -> None:
    """Evaluate until so many batches are kept, or all but one and a part of that."""
    add, done = Kept.add, list[Path]()

    def dying(self: Kept, batch: object) -> None:
        add(self, batch)  # type: ignore[arg-type]
        done.append(self.path)
        if len(done) == batches:
            if torn:
                os.truncate(self.path, self.path.stat().st_size - 9)
            os.kill(os.getpid(), signal.SIGKILL)

    with mock.patch.object(Kept, "add", dying), mock.patch(CODE, same_code):
        evaluate(BLOG, run)


def killed(run: Run, batches: int, torn: bool) -> int:
    process = PROCESSES.Process(target=evaluate_and_die, args=(run, batches, torn))
    process.start()
    process.join()
    return process.exitcode or 0


@pytest.mark.slow
def test_a_killed_evaluation_goes_on_where_it_stopped(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CODE, same_code)
    run = Run(tmp_path / "run")
    shutil.copytree(made.run.folder, run.folder)
    wanted = digests(made.run.evidence) if evaluate(BLOG, made.run) else {}
    for batches, torn in ((2, True), (3, False)):  # in the base's texts, then in the adapter's
        assert killed(run, batches, torn) == -signal.SIGKILL
        assert not run.evidence.exists()
    with mock.patch.object(Kept, "add", autospec=True, side_effect=Kept.add) as add:
        evaluate(BLOG, run)
    assert digests(run.evidence) == wanted
    assert [call.args[0].path.name for call in add.call_args_list] == ["adapter.jsonl"] * 2, (
        "the four other batches were there"
    )
    assert not (run.folder / WRITTEN).exists()
