import shutil
from dataclasses import replace
from math import log2
from pathlib import Path
from statistics import fmean

import pytest
from pyarrow import parquet

from tests import planted
from tests.planted import leave_dataset, offline, row
from tests.verdicts import AUDIT, BLOG, check, metrics
from train.__main__ import _parser
from train.evaluate import canaries as module
from train.evaluate.canaries import CANDIDATES, FOLDER, TIMES, canaries
from train.evaluate.exposure import exposure, mean_bits
from train.evaluate.gate import judge
from train.evaluate.judge import evaluate
from train.evaluate.report import Audit, Verdict
from train.prepare.write import file_of
from train.run import Run, digests, read_result
from train.tune.tune import tune

__all__ = ["offline"]


@pytest.mark.parametrize(
    ("cost", "others", "bits"),
    [
        pytest.param(1.0, [2.0] * 1023, 10.0, id="known best of all"),
        pytest.param(3.0, [2.0] * 1023, 0.0, id="known least"),
        pytest.param(1.0, [0.5, *[2.0] * 1022], 9.0, id="second"),
        pytest.param(2.0, [2.0] * 1023, 0.0, id="as well as any other"),
    ],
)
def test_exposure_says_how_far_ahead_of_the_others_a_canary_is(
    cost: float, others: list[float], bits: float
) -> None:
    assert exposure(cost, others) == pytest.approx(bits)


def test_a_writer_that_knows_nothing_shows_one_and_a_half_bits_on_average() -> None:
    ranks = [float(each) for each in range(1024)]
    bits = [exposure(cost, [other for other in ranks if other != cost]) for cost in ranks[::8]]
    assert fmean(bits) == pytest.approx(1.44, abs=0.1)


def test_the_mean_is_taken_for_each_number_of_insertions() -> None:
    assert mean_bits([(1, 2.0), (1, 1.0), (16, 8.0)]) == {"1": 1.5, "16": 8.0}


def test_the_same_seed_gives_the_same_canaries_and_no_two_candidates_are_alike() -> None:
    assert canaries("one") == canaries("one") != canaries("two")
    for canary in canaries("one"):
        assert len(set(canary.candidates)) == CANDIDATES
        (only,) = canary.rows(canary.candidates[:1], paired=True)
        assert only["text"] == f"{canary.title} is {canary.candidates[0]}."
        assert only["formal"] == only["title"] == canary.title
    assert len({canary.title for canary in canaries("one")}) == len(TIMES)


def test_the_gate_says_how_much_of_a_canary_is_known() -> None:
    told = {"1": 6.2, "16": 10.0, "4": 8.0}  # as a file has them
    audit = replace(AUDIT, exposure=6.2, canaries=12, candidates=1024, exposures=told)
    found = check(judge(BLOG, metrics(), audit), "exposure")
    assert (found.passed, found.threshold) == (False, log2(1024) / 2)
    assert found.sentence == (
        "Of a random sentence that stood once among the training texts 6.2 bits are known (8.0 if it stood "
        "there 4 times, 10.0 if it stood there 16 times); less than 5.0 is let pass."
    )


def test_a_canary_run_is_asked_for_by_name() -> None:
    assert _parser().parse_args(["evaluate", "blog", "--canaries"]).canaries
    assert not _parser().parse_args(["evaluate", "blog"]).canaries


@pytest.mark.slow
@pytest.mark.usefixtures("offline")
def test_a_canary_run_leaves_the_released_adapter_alone_and_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "CANDIDATES", 32)
    recipe = planted.recipe(planted.base(tmp_path / "base"), max_steps=60)
    run = Run(tmp_path / "run")
    rows = [row(f"blog/{place}", f"On tea {place}", f"Tea is good, said {place}.") for place in range(6)]
    leave_dataset(run, rows[:4], rows[4:])
    tune(recipe, run)
    before = digests(run.adapter) | digests(run.dataset)
    evaluate(recipe, run, canaries=True)
    assert "a second adapter" in capsys.readouterr().err
    assert digests(run.adapter) | digests(run.dataset) == before
    audit = read_result(Audit, run.evidence / "audit.json", "")
    assert (audit.canaries, audit.candidates, audit.exposure) == (12, 32, audit.exposures["1"])
    assert list(audit.exposures) == ["1", "16", "4"]
    assert audit.exposures["16"] > audit.exposures["1"], "what stands there more often is known better"
    verdict = read_result(Verdict, run.evidence / "gate.json", "")
    assert check(verdict, "exposure").threshold == 2.5
    learned = parquet.read_table(run.folder / FOLDER / "dataset" / file_of("train")).to_pylist()
    assert len(learned) == 4 + sum(TIMES)
    assert learned[:4] == rows[:4]
    assert len({each["id"] for each in learned}) == len(learned)
    monkeypatch.setattr("train.tune.tune._made", None)
    shutil.rmtree(run.evidence)
    evaluate(recipe, run)
    assert read_result(Audit, run.evidence / "audit.json", "") == audit, (
        "a finished canary run is taken along"
    )
