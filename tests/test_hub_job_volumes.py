"""The folders of Jobs: repositories at their commits, buckets to write to, scripts that are sent along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingface_hub import HfApi, Volume

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures", "tests.running_fixtures"]

ME = "rehearsal"


def run(script: str, **options: Any) -> tuple[str, str | None, list[str]]:
    """The stage a Job ends in, its message, and what it said."""
    api = HfApi()
    job = api.run_job(image="python:3.12", command=["python", "-c", script], **options)
    ended = api.wait_for_job(job.id, poll_interval=0.05)
    return ended.status.stage, ended.status.message, list(api.fetch_job_logs(job_id=job.id))


def prepare_volumes() -> str:
    api = HfApi()
    api.create_repo(f"{ME}/base")
    pinned = api.upload_file(repo_id=f"{ME}/base", path_or_fileobj=b"first", path_in_repo="notes/a.txt")
    api.upload_file(repo_id=f"{ME}/base", path_or_fileobj=b"second", path_in_repo="notes/a.txt")
    api.create_bucket(f"{ME}/results")
    api.batch_bucket_files(
        f"{ME}/results", add=[(b"old", "run/old.txt"), (b"gone", "run/gone.txt"), (b"x", "other.txt")]
    )
    return pinned.oid


def read_back(folder: Path) -> dict[str, str]:
    api = HfApi()
    paths = [file.path for file in api.list_bucket_tree(f"{ME}/results") if file.type == "file"]
    api.download_bucket_files(f"{ME}/results", [(path, folder / path) for path in paths])
    return {path: (folder / path).read_text() for path in paths}


def test_repositories_are_mounted_at_their_commit_and_buckets_are_written_to(
    owner: Client, tmp_path: Path
) -> None:
    commit = owner.run(prepare_volumes)
    script = (
        "import os, pathlib\n"
        "base, out = pathlib.Path('/models/base'), pathlib.Path(os.environ['OUT'])\n"
        "text = (base / 'a.txt').read_text()\n"
        "(out / 'new.txt').write_text(text + ' and ' + (out / 'old.txt').read_text())\n"
        "(out / 'gone.txt').unlink()\n"
    )
    volumes = [
        Volume(type="model", source=f"{ME}/base", mount_path="/models/base", revision=commit, path="notes"),
        Volume(type="bucket", source=f"{ME}/results", mount_path="/out", path="run"),
    ]
    assert owner.run(run, script, env={"OUT": "/out"}, volumes=volumes)[0] == "COMPLETED"
    assert owner.run(read_back, tmp_path) == {
        "other.txt": "x",
        "run/new.txt": "first and old",
        "run/old.txt": "old",
    }


def run_script(path: str, arguments: list[str]) -> tuple[str, list[str], list[str]]:
    api = HfApi()
    job = api.run_uv_job(path, script_args=arguments, dependencies=["numpy"])
    ended = api.wait_for_job(job.id, poll_interval=0.05)
    files = [file.path.partition("/")[2] for file in api.list_bucket_tree(f"{ME}/jobs-artifacts")]
    return ended.status.stage, list(api.fetch_job_logs(job_id=job.id)), sorted(files)


def test_a_local_script_is_sent_along_and_run(owner: Client, tmp_path: Path) -> None:
    script, settings = tmp_path / "report.py", tmp_path / "settings.yaml"
    script.write_text(
        "import pathlib, sys\n"
        "print(pathlib.Path(sys.argv[1]).read_text(), sys.argv[2])\n"
        "pathlib.Path(__file__).with_name('report.txt').write_text('written')\n"
    )
    settings.write_text("words: 300")
    assert owner.run(run_script, str(script), [str(settings), "--fast"]) == (
        "COMPLETED",
        ["words: 300 --fast"],
        ["report.py", "report.txt", "settings.yaml"],
    )
