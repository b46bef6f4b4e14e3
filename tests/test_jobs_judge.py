"""Judging in a Job of the embedded Hub: the texts are written there, the evidence is made here."""

from __future__ import annotations

import json
import shutil
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import BucketFile, CommitOperationAdd, HfApi, JobInfo

from tests import judged, released, rented, toy
from tests.rented import BASE, BUCKET, HELD_OUT, ME, RENT, SLEEP, beginning, run_of
from train import recipe as recipes
from train.evaluate.heard import Heard
from train.evaluate.hearing import HEARD, Hearing, keep, kept_hearing
from train.evaluate.report import Cost, Text
from train.prepare.write import REMOVED, file_of
from train.rehearse.hub.process import LocalHub
from train.rehearse.scale import as_yaml
from train.run import Run, as_json, digest_of_all, digests, write_text
from train.sections import Decoding

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures", "tests.running_fixtures"]

KILLED = """import os, pathlib, signal, sys
folder = pathlib.Path(sys.argv[5]) / "written"; folder.mkdir()
(folder / "base.jsonl").write_text({!r})
os.kill(os.getpid(), signal.SIGKILL)
"""
LONG = "A notebook is kept beside the kettle, and what the day was like goes into it before bed. " * 9


@pytest.fixture(scope="module")
def base(owner: Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The commit of the base, which is on the Hub."""
    return owner.run(rented.push_base, tmp_path_factory.mktemp("base"))


@pytest.fixture
def api(running: LocalHub) -> HfApi:
    return HfApi(running.url, token=running.token)


def leave_run(folder: Path, commit: str, repo: str) -> Path:
    """The recipe's file; beside it lies a run whose adapter waits for its judgement."""
    recipe = rented.recipe("Judged writer")
    publish = replace(recipe.publish, adapter=f"{ME}/{repo}")
    recipe = replace(recipe, publish=publish, tune=recipe.tune | {"model_name_or_path": BASE})
    write_text(folder / "recipe.yaml", as_yaml(recipe))
    made = leave_made(folder, commit)
    write_text(made.run.dataset / REMOVED, as_json({"e-mail address": ["0" * 64]}))
    return folder / "recipe.yaml"


def leave_made(folder: Path, commit: str) -> judged.Made:
    toy.base(folder / "base")
    run = Run(folder / "runs" / "blog")
    learned = [{"id": "learned", "title": "On kettles", "text": LONG, "words": len(LONG.split())}]
    judged.leave_dataset(run, HELD_OUT)
    dataset = leave_learned(run, learned)
    judged.leave_adapter(run, folder / "base", dataset)
    made = judged.Made(folder / "base", run, dataset)
    decoding = Decoding(12, temperature=1.0, seed=3)
    made.rewrite(replace(made.writer(), base=BASE, base_revision=commit, decoding=decoding))
    return made


def leave_learned(run: Run, learned: list[dict[str, object]]) -> str:
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.Table.from_pylist(learned), run.dataset / file_of("train"))
    path = run.dataset / "report.json"
    report, files = json.loads(path.read_text()), digests(run.dataset)
    del files["report.json"]
    write_text(path, as_json(report | {"files": files}))
    return digest_of_all(files)


def publish_before(folder: Path, path: Path) -> tuple[str, str]:
    """The commit of a version that was released before the adapter of this recipe, and that of its base."""
    api = HfApi()
    api.create_branch(BASE, branch="older")
    note = CommitOperationAdd("NOTE.md", b"An older base.\n")
    commit = api.create_commit(BASE, [note], commit_message="Another", revision="older").oid
    made = leave_made(folder, commit)
    released.scale(made.run.adapter / "adapter_model.safetensors", 0.5)
    made.rewrite(made.writer())
    return released.publish(api, recipes.load(str(path)), made, "v0.1.0"), commit


def evaluate(path: Path, *words: str, start: str = "") -> tuple[int, str]:
    """What `python -m train evaluate` answers and says, whose Job may begin otherwise."""
    from train.__main__ import main

    said = StringIO()
    with redirect_stderr(said), redirect_stdout(said), beginning(path, start) if start else nullcontext():
        code = main(["evaluate", str(path), "--runs", str(path.parent / "runs"), *words])
    return code, said.getvalue()


def copied(path: Path, folder: Path) -> Path:
    """The same run in another place, without what `evaluate` left."""
    shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns("evidence", ".evidence.*"))
    return folder / path.name


def evaluations(api: HfApi) -> dict[str, JobInfo]:
    return {job.id: job for job in api.list_jobs(namespace=ME) if "evaluate-key" in (job.labels or {})}


@pytest.mark.slow
def test_a_job_that_was_killed_goes_on_and_leaves_the_evidence_of_this_machine_to_the_byte(
    base: str, owner: Client, running: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    here = owner.run(leave_run, tmp_path / "here", base, "judged-alike")
    last, older = owner.run(publish_before, tmp_path / "before", here)
    there, later = (copied(here, tmp_path / name) for name in ("there", "later"))
    assert owner.run(evaluate, here)[0] == 0
    lines = written_one_by_one(run_of(here))
    code, said = owner.run(evaluate, there, *RENT, start=KILLED.format(lines + '{"1": {"text": "cut o'))
    assert (code, "ended as ERROR" in said) == (1, True)
    known = evaluations(api).keys()
    running.arm(f"POST /api/buckets/{BUCKET}/batch 403 at 2")  # the first one sends
    code, said = owner.run(evaluate, there, *RENT)
    running.arm()
    assert code == 0, said
    assert "note: what the Job was sent is not taken away: The Hub refused: 403" in said
    assert "s on cpu-basic, about $0.00" in said
    assert digests(run_of(there).evidence) == digests(run_of(here).evidence)
    assert json.loads((run_of(there).evidence / "metrics.json").read_text())["last"]["commit"] == last
    (job,) = [job for name, job in evaluations(api).items() if name not in known]
    check_is_harmless(job, base, older)
    left = texts_left(api, job, tmp_path)
    assert left["base"] == lines, "what was written once is not written again"
    assert left.keys() == {"base", "adapter", "last"}

    assert "already done: " in owner.run(evaluate, there)[1], "a judgement here finds it"
    code, said = owner.run(evaluate, later, *RENT)
    assert (code, f"found in {BUCKET}, nothing to write\n" in said) == (0, True)
    assert digests(run_of(later).evidence) == digests(run_of(here).evidence)
    assert texts_left(api, job, tmp_path) == {}, "what could not be taken away then is taken away now"
    assert evaluations(api).keys() - known == {job.id}, "a finished Job is not paid for twice"


def written_one_by_one(run: Run) -> str:
    """The base's texts as a Job keeps them that writes one at a time: no whole Job writes them so."""
    samples = map(json.loads, (run.evidence / "samples.jsonl").read_text(encoding="utf-8").splitlines())
    texts = [
        {"text": each["text"], "finished": each["finished"]} for each in samples if each["writer"] == "base"
    ]
    return "".join(json.dumps({place: text}) + "\n" for place, text in enumerate(texts))


def texts_left(api: HfApi, job: JobInfo, folder: Path) -> dict[str, str]:
    """What a Job had written so far, by writer."""
    below = next(str(each.path) for each in job.volumes or () if not each.read_only) + "/written/"
    found = [
        each for each in api.list_bucket_tree(BUCKET, below, recursive=True) if isinstance(each, BucketFile)
    ]
    files = {Path(each.path).stem: each for each in found}
    api.download_bucket_files(BUCKET, [(each, folder / who) for who, each in files.items()])
    return {who: (folder / who).read_text(encoding="utf-8") for who in files}


def check_is_harmless(job: JobInfo, base: str, older: str) -> None:
    """No token, nothing to write to but its own folder, and each base at its commit."""
    assert (job.environment, job.secrets) == ({}, {})
    mounted = {volume.mount_path: volume for volume in job.volumes or ()}
    assert (mounted["/mnt/base"].revision, mounted["/mnt/last-base"].revision) == (base, older)
    assert [path for path, volume in mounted.items() if not volume.read_only] == ["/mnt/left"]


def test_a_lost_answer_starts_no_second_job_and_a_job_without_output_is_no_success(
    base: str, owner: Client, running: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    path, known = owner.run(leave_run, tmp_path, base, "judged-lost"), evaluations(api).keys()
    running.arm(f"POST /api/jobs/{ME} drop-after at 1")
    code, said = owner.run(evaluate, path, *RENT, start="print('nothing done')")
    running.arm()
    assert len(evaluations(api).keys() - known) == 1
    assert code == 1
    assert "COMPLETED, but left no whole hearing" in said
    assert "lacks files: heard.json" in said
    assert f"Next:  python -m train evaluate {path}" in said
    assert not run_of(path).evidence.exists()


def start_asleep(path: Path) -> str:
    """The Job of an evaluation that does nothing for a while; its page."""
    from train.jobs import order
    from train.jobs.board import Board
    from train.jobs.cli import Asked
    from train.jobs.judging import Judging

    asked = Asked("evaluate", str(path), str(path.parent / "runs"), "cpu-basic", "5m", "", ())
    errand = Judging.of(recipes.load(str(path)), run_of(path), asked)
    HfApi().create_bucket(errand.place.bucket, private=True, exist_ok=True)
    bases = errand.bases()
    wanted = order.Order(errand.place, "cpu-basic", "5m", bases, "0" * 64, errand.words(bases))
    with beginning(path, SLEEP):
        return str(Board(HfApi(), errand.place).started(wanted).url)


def test_the_job_of_an_evaluation_is_cancelled_and_one_that_cannot_be_is_none(
    base: str, owner: Client, tmp_path: Path
) -> None:
    path = owner.run(leave_run, tmp_path, base, "judged-cancelled")
    url = owner.run(start_asleep, path)
    code, said = owner.run(evaluate, path, "--cancel")
    assert (code, f"cancelled: {url}\n" in said) == (0, True)
    code, said = owner.run(evaluate, path, "--cancel")
    assert (code, "no Job of this evaluation is running\n" in said) == (0, True)
    shutil.rmtree(run_of(path).adapter)
    code, said = owner.run(evaluate, path, "--cancel")
    none = "no Job of this evaluation is running: there is no adapter here that it could judge\n"
    assert (code, said) == (0, none)


def test_what_was_heard_is_taken_for_these_questions_alone_and_untouched(tmp_path: Path) -> None:
    heard = Heard(("A prompt",), (Text("# Tea\n\nTea is good.", finished=True),), (Cost("row-0", 0.1, 9),))
    keep(tmp_path, Hearing("key", {"base": heard, "adapter": heard}))
    assert kept_hearing(tmp_path, "key") == Hearing("key", {"base": heard, "adapter": heard})
    assert kept_hearing(tmp_path, "another") is None
    file = tmp_path / HEARD
    file.write_text(file.read_text().replace("Tea is good", "Tea is bad"))
    assert kept_hearing(tmp_path, "key") is None
