"""Training in a Job of the embedded Hub: real processes, mounted folders, lost answers, sudden ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi, JobInfo
from huggingface_hub._jobs_api import JobHardwareInfo

from tests import rented
from tests.rented import BASE, ME, PATIENCE_S, processes_of, wait_for
from train import recipe as recipes
from train.__main__ import main
from train.errors import StageError
from train.jobs.pack import LEARNED, check_may_leave, packed, rows
from train.jobs.watch import cost, most
from train.rehearse.hub.process import LocalHub
from train.run import ROOT, Run, as_json, as_sealed_json, digests, finished
from train.sections import Option, Source
from train.tune.key import ingredients
from train.tune.report import TrainingReport

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures", "tests.running_fixtures"]

RENT = ("--on", "hf-jobs", "--flavor", "cpu-basic", "--timeout", "5m")
SLEEP = "import time; print('awake', flush=True); time.sleep(300)"
BUCKET = f"{ME}/imprint-training"


@pytest.fixture(scope="module")
def base(owner: Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The commit of the base, which is on the Hub."""
    return owner.run(rented.push_base, tmp_path_factory.mktemp("base"))


@pytest.fixture
def api(running: LocalHub) -> HfApi:
    return HfApi(running.url, token=running.token)


@pytest.fixture
def well(running: LocalHub) -> Iterator[LocalHub]:
    """The Hub, which gets well again after the test."""
    yield running
    running.arm()


def jobs_of(api: HfApi, path: Path) -> list[JobInfo]:
    labels = {"train-key": key_of(path)}
    return sorted(api.list_jobs(labels=labels, namespace=ME), key=lambda job: str(job.created_at))


def key_of(path: Path) -> str:
    recipe = recipes.load(str(path))
    return ingredients(recipe, run_of(path)).key


def run_of(path: Path) -> Run:
    return Run(path.parent / "runs" / "blog")


def tune_with_start(path: Path, script: str) -> tuple[int, str]:
    """The same command, whose Job begins otherwise: what Jobs can come to."""
    from train.jobs import order

    start = path.with_name("start.py")
    start.write_text(script)
    before, order.START = order.START, start
    try:
        return rented.tune(path, *RENT)
    finally:
        order.START = before


@pytest.mark.slow
def test_a_job_leaves_the_very_adapter_that_training_here_leaves(
    base: str, owner: Client, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path / "there", "Notebook writer")
    code, said = owner.run(rented.tune, path, *RENT)
    assert code == 0, said
    report = finished(TrainingReport, run_of(path).adapter / "training.json", key_of(path))
    assert report
    assert (report.base_revision, report.base_license) == (base, "mit")
    config = json.loads((run_of(path).adapter / "adapter_config.json").read_text())
    assert (config["base_model_name_or_path"], config["revision"]) == (BASE, base)
    assert "s on cpu-basic, about $0.00" in said

    here = rented.leave_run(tmp_path / "here", "Notebook writer")
    shutil.rmtree(run_of(here).adapter, ignore_errors=True)
    assert owner.run(rented.tune, here)[0] == 0
    assert digests(run_of(here).adapter) == digests(run_of(path).adapter)
    (job,) = jobs_of(api, path)
    check_is_harmless(job, base)

    elsewhere = rented.leave_run(tmp_path / "elsewhere", "Notebook writer")
    code, said = owner.run(rented.tune, elsewhere, *RENT)
    assert (code, said) == (0, f"found in {BUCKET}, nothing to train\n")
    assert len(jobs_of(api, path)) == 1, "a finished training is not paid for twice"


def check_is_harmless(job: JobInfo, base: str) -> None:
    """No token, nothing to write to but its own folder, and everything it reads pinned."""
    assert (job.environment, job.secrets) == ({}, {})
    assert "@sha256:" in str(job.docker_image)
    mounted = {volume.mount_path: volume for volume in job.volumes or ()}
    assert mounted["/mnt/base"].revision == base
    assert [path for path, volume in mounted.items() if not volume.read_only] == ["/mnt/left"]
    assert all(volume.path for volume in mounted.values() if volume.type == "bucket")


@pytest.mark.slow
def test_a_job_that_is_killed_goes_on_from_its_last_checkpoint(
    base: str, owner: Client, running: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    steps: dict[str, Option] = {"max_steps": 60, "save_steps": 10, "logging_steps": 10}
    path = rented.leave_run(tmp_path, "Killed writer", **steps)
    watched = owner.start(rented.tune, path, *RENT)
    job = wait_for(lambda: next(iter(jobs_of(api, path)), None))
    disk = running.data / "jobs" / job.id / "disk"
    wait_for(lambda: list(disk.glob("work/imprint/runs/blog/checkpoints/*/*/checkpoint.json")))
    for process in processes_of(job.id, "train"):
        os.kill(process, signal.SIGSTOP)  # or it would be done before its checkpoint is in the bucket
    wait_for(lambda: list(disk.glob("volumes/mnt/left/checkpoints/*/*/checkpoint.json")))
    for process in processes_of(job.id):
        os.kill(process, signal.SIGKILL)
    code, said = watched.result(PATIENCE_S)
    assert code == 1
    assert "ended as ERROR: Job failed with exit code" in said

    code, said = owner.run(rented.tune, path, *RENT)
    assert code == 0, said
    assert "going on from step " in said
    whole = rented.leave_run(tmp_path / "whole", "Killed writer", **steps)
    assert owner.run(rented.tune, whole)[0] == 0
    assert digests(run_of(whole).adapter) == digests(run_of(path).adapter)


def test_a_lost_answer_starts_no_second_job_and_a_job_without_output_is_no_success(
    base: str, owner: Client, well: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path, "Lost answer")
    well.arm(f"POST /api/jobs/{ME} drop-after at 1")
    code, said = owner.run(tune_with_start, path, "print('nothing done')")
    assert len(jobs_of(api, path)) == 1
    assert code == 1
    assert "COMPLETED, but left no whole adapter" in said
    assert "lacks files: training.json" in said
    assert f"Next:  python -m train tune {path}" in said


def test_what_is_missing_is_named_and_trained_anew(
    base: str, owner: Client, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path, "Half left")
    files = {"adapter_model.safetensors": "0" * 64, "writer.json": "1" * 64}
    record = TrainingReport(key_of(path), "blog", BASE, base, "", {}, 1, 1, (), {}, files)
    script = (
        "import pathlib, sys\n"
        f"folder = pathlib.Path(sys.argv[5]) / 'adapter'; folder.mkdir()\n"
        "(folder / 'writer.json').write_text('{}')\n"
        f"(folder / 'training.json').write_text({as_sealed_json(record)!r})\n"
    )
    code, said = owner.run(tune_with_start, path, script)
    assert code == 1
    assert "left no whole adapter" in said
    assert "lacks files: adapter_model.safetensors." in said
    code, said = owner.run(tune_with_start, path, "print('again')")
    assert "what an earlier Job left is of no use" in said
    assert len(jobs_of(api, path)) == 2
    assert not run_of(path).adapter.exists()


def test_a_failed_job_says_where_why_and_what_it_cost(base: str, owner: Client, tmp_path: Path) -> None:
    path = rented.leave_run(tmp_path, "Failed")
    lines = "print(*(f'line {n}' for n in range(80)), sep='\\n'); raise SystemExit('no room on the disk')"
    code, said = owner.run(tune_with_start, path, lines)
    error = said.partition("Error: ")[2]
    assert code == 1
    assert "ended as ERROR: Job failed with exit code: 1." in error
    assert "no room on the disk" in error
    assert error.count("  line ") == 49, "the last 50 lines of its log"
    assert "s on cpu-basic, about $0.00. http" in error
    assert "--on hf-jobs --flavor cpu-basic --timeout 5m" in error.partition("Next:")[2]


@pytest.mark.parametrize(
    ("fault", "words", "sentence", "next_command"),
    [
        pytest.param("", ("--flavor", "l4x2"), "Did you mean l4x1?", "--flavor l4x1", id="no such machine"),
        pytest.param("", ("--timeout", "soon"), "'soon' is no time.", "--timeout 4h", id="no time"),
        pytest.param("", ("--namespace", "bob"), "403", "hf auth login", id="another's account"),
        pytest.param(
            f"POST /api/jobs/{ME} 402",
            (),
            "rehearsal has no credit left",
            "/settings/billing",
            id="no credit",
        ),
    ],
)
def test_a_job_that_cannot_start_says_so(
    fault: str,
    words: tuple[str, ...],
    sentence: str,
    next_command: str,
    base: str,
    owner: Client,
    well: LocalHub,
    api: HfApi,
    tmp_path: Path,
) -> None:
    path = rented.leave_run(tmp_path, "Refused")
    well.arm(*filter(None, [fault]))
    code, said = owner.run(rented.tune, path, *RENT, *words)
    assert code == 1
    assert sentence in said
    assert next_command in said.partition("Next:")[2]
    assert not jobs_of(api, path)


def test_a_pack_that_somebody_has_changed_is_not_unpacked(
    base: str, owner: Client, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path, "Changed")
    job = owner.run(start_with_pack, path, base, "0" * 64)
    wait_for(lambda: api.inspect_job(job_id=job, namespace=ME).status.stage == "ERROR")
    said = "\n".join(api.fetch_job_logs(job_id=job, namespace=ME))
    assert "the pack is not what was sent: sha256" in said


def start_with_pack(path: Path, commit: str, name: str) -> str:
    """The Job whose pack was replaced after it had been sent."""
    from train.jobs.board import Board
    from train.jobs.order import BASE as AT
    from train.jobs.order import Base, Order, Place

    place, api = Place(ME, "blog", key_of(path)), HfApi()
    api.create_bucket(place.bucket, private=True, exist_ok=True)
    api.batch_bucket_files(place.bucket, add=[(b"other bytes", f"{place.sent}/{name}.tar")])
    return Board(api, place).started(Order(place, "cpu-basic", "5m", (Base(BASE, commit, AT),), name, ())).id


def start_twice(path: Path, commit: str) -> list[str]:
    """The Jobs that two machines are told of, which start the same training at the same moment."""
    from train.jobs import order
    from train.jobs.board import Board

    order.START = path.with_name("start.py")
    order.START.write_text(SLEEP)
    place = order.Place(ME, "blog", key_of(path))
    HfApi().create_bucket(place.bucket, private=True, exist_ok=True)
    bases = (order.Base(BASE, commit, order.BASE),)
    wanted = order.Order(place, "cpu-basic", "5m", bases, "0" * 64, ())
    ids = list[str]()

    def start() -> None:
        ids.append(Board(HfApi(), place).started(wanted).id)

    both = [threading.Thread(target=start) for _ in "ab"]
    for each in both:
        each.start()
    for each in both:
        each.join()
    order.START = Path(order.__file__).with_name("start.py")
    return ids


def command_line(running: LocalHub, path: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "train", "tune", str(path), "--runs", str(path.parent / "runs"), *words],
        cwd=ROOT,
        env={**os.environ, **running.environment(path.parent / "home")},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_one_of_two_starts_is_ended_and_the_other_is_watched_left_and_cancelled(
    base: str, owner: Client, running: LocalHub, api: HfApi, tmp_path: Path
) -> None:
    path = rented.leave_run(tmp_path, "Started twice")
    owner.run(start_twice, path, base)
    (job,) = [job for job in jobs_of(api, path) if job.status.stage in ("SCHEDULING", "RUNNING")]
    watching = command_line(running, path, *RENT)
    assert watching.stderr
    said = [next(watching.stderr) for _ in "ab"]
    assert said == [f"this training runs already: {job.url}\n", "  awake\n"]
    watching.send_signal(signal.SIGINT)
    left = watching.communicate(timeout=PATIENCE_S)[1]
    assert watching.returncode == 130
    assert f"The Job goes on, and costs: {job.url}" in left
    assert f"end it:   python -m train tune {path} --cancel" in left

    ending = command_line(running, path, "--cancel")
    assert ending.communicate(timeout=PATIENCE_S)[0] == f"cancelled: {job.url}\n"
    assert api.inspect_job(job_id=job.id, namespace=ME).status.stage == "CANCELED"
    again = command_line(running, path, "--cancel")
    assert again.communicate(timeout=PATIENCE_S)[0] == "no Job of this training is running\n"


def test_nothing_private_leaves_the_machine(tmp_path: Path) -> None:
    recipe = rented.recipe("Private")
    private = replace(recipe, sources=(*recipe.sources, Source("jekyll", "../diary", private=True)))
    with pytest.raises(StageError, match=r"\.\./diary is a private source of blog: nothing private leaves"):
        check_may_leave(private)


def test_rows_that_were_private_when_they_were_prepared_do_not_leave_either(tmp_path: Path) -> None:
    path = rented.leave_run(tmp_path, "Private rows")
    report = run_of(path).dataset / "report.json"
    report.write_text(as_json(json.loads(report.read_text()) | {"private": 3}))
    with pytest.raises(StageError, match="holds 3 private rows: nothing private leaves this machine"):
        rows(recipes.load(str(path)), run_of(path), "tune", LEARNED)


def test_a_rehearsal_is_not_sent_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tune", "blog", "--samples", "--on", "hf-jobs", "--runs", str(tmp_path)]) == 1
    assert "The embedded Hub is on this machine alone" in capsys.readouterr().err


def test_a_pack_is_the_same_each_time_and_holds_no_text_that_is_held_out(tmp_path: Path) -> None:
    path = rented.leave_run(tmp_path, "Packed")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    recipe = recipes.load(str(path))
    one, two = (
        packed(path, rows(recipe, run_of(path), "tune", LEARNED), tmp_path / name) for name in ("one", "two")
    )
    assert one.name == two.name
    with tarfile.open(one) as pack:
        listed = pack.getnames()
    assert "train/tune/trainer.py" in listed
    assert [name for name in listed if name.startswith("runs/")] == [
        "runs/blog/dataset/data/train-00000-of-00001.parquet",
        "runs/blog/dataset/data/validation-00000-of-00001.parquet",
        "runs/blog/dataset/report.json",
    ]
    assert not [name for name in listed if "__pycache__" in name or name.startswith("train/recipes")]


L4 = JobHardwareInfo(
    name="l4x1",
    prettyName="1x Nvidia L4",
    cpu="8 vCPU",
    ram="30 GB",
    accelerator={
        "type": "gpu",
        "model": "L4",
        "quantity": "1",
        "vram": "24 GB",
        "manufacturer": "Nvidia",
    },
    unitCostMicroUSD=13333,
    unitCostUSD=0.013333,
    unitLabel="minute",
)


def test_the_cost_is_the_time_that_it_ran_by_the_price_of_the_machine() -> None:
    job = JobInfo(
        id="65f0",
        owner={"id": ME, "name": ME, "type": "user"},
        status={"stage": "COMPLETED"},
        durations={"schedulingSecs": 40, "runningSecs": 754, "totalSecs": 794},
    )
    assert cost(job, L4) == "ran for 12 min 34 s on l4x1, about $0.17"


@pytest.mark.parametrize(("timeout", "dollars"), [("4h", "3.20"), ("90m", "1.20"), ("1.5h", "1.20")])
def test_what_it_costs_at_most_is_said_before(timeout: str, dollars: str) -> None:
    assert most(timeout, L4) == f"at most ${dollars} ({timeout} on l4x1)"
