"""Small bundles that `bundle` itself made of an invented run, and what became of them."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi

from train.evaluate.report import Check, Metrics, Verdict, seal
from train.recipe import Recipe
from train.rehearse.hub.process import LocalHub
from train.release import contents, pins
from train.release.code import Code
from train.release.provenance import checksums
from train.release.report import Bundle, Release
from train.run import Run, as_json, digest_of_all, digests, read_result, write_text
from train.sections import Publish

BASE = "rehearsal/tiny-llama"
CODE = Code(commit="c0" * 20, tree="7e" * 32, dirty=False)


@dataclass(frozen=True)
class Candidate:
    """A recipe with its run folder, bundled and ready to be released."""

    recipe: Recipe
    run: Run

    @property
    def publish(self) -> Publish:
        return self.recipe.publish

    def release(self, api: HfApi) -> Release:
        from train.release.publish import release

        return release(self.recipe, self.run, api)


def candidate(folder: Path, name: str, version: str = "v0.1.0", rows: str = "one") -> Candidate:
    """A bundle in `folder` for repositories that begin with `name`; other `rows`, other bytes.

    One that was made there before stays as it is.
    """
    from tests.golden import run as invented

    publish = Publish(
        f"rehearsal/{name}-data", f"rehearsal/{name}-writer", f"rehearsal/{name}-space", "mit", "mit"
    )
    recipe = replace(
        invented.RECIPE, publish=publish, tune=invented.RECIPE.tune | {"model_name_or_path": BASE}
    )
    made = Candidate(recipe, Run(folder))
    stamp = folder / f"{name}-{version}-{rows}.made"
    if not stamp.exists():
        _make(made, version, "" if rows == "one" else f"\n\nRows {rows}.")
        write_text(stamp, "")
    return made


def _make(made: Candidate, version: str, added: str) -> None:
    from tests.golden import run as invented
    from train.rehearse.scale import as_yaml
    from train.release.bundle import bundle

    for folder in (made.run.dataset, made.run.adapter, made.run.evidence, made.run.bundle):
        shutil.rmtree(folder, ignore_errors=True)
    invented.make(made.run.folder, made.recipe, added)
    bundle(made.recipe, made.run, version, as_yaml(made.recipe))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """An invented run, beside a Space of two files and what does not belong to it; imported by name."""
    from tests.golden import run as invented

    space = tmp_path / "space"
    for name in ("app.py", "requirements.txt", "__pycache__/app.pyc", "notes.ipynb"):
        (space / name).parent.mkdir(parents=True, exist_ok=True)
        (space / name).write_text(name)
    monkeypatch.setattr(contents, "SPACE", space)
    monkeypatch.setattr("train.release.bundle.identity", lambda: CODE)
    return invented.make(tmp_path / "runs" / "blog")


def bundled(run: Run, version: str = "v0.1.0") -> Bundle:
    from tests.golden.run import RECIPE, RECIPE_TEXT
    from train.release.bundle import bundle

    return bundle(RECIPE, run, version, RECIPE_TEXT)


def judge(made: Candidate, *checks: Check, passed: bool = True) -> None:
    """Put another verdict on the same figures into the bundle; the list is still to be written."""
    evidence = made.run.bundle / "adapter" / "evidence"
    metrics = read_result(Metrics, evidence / "metrics.json", fix="")
    write_text(evidence / "gate.json", as_json(Verdict(seal(metrics), passed, checks)))
    files = metrics.files | {"gate.json": digests(evidence)["gate.json"]}
    write_text(evidence / "metrics.json", as_json(replace(metrics, files=files)))


def write_list(recipe: Recipe, run: Run, version: str, anyway: str = "") -> None:
    """Seal what is in the folder, and list it in `bundle.json`."""
    for part in ("dataset", "adapter"):
        seal_part(run.bundle / part)
    list_files(recipe, run, version, anyway)


def seal_part(folder: Path) -> None:
    """Write what `provenance.json` and `SHA256SUMS` would say of the files that are there now."""
    files = {
        path: sha256
        for path, sha256 in digests(folder).items()
        if path not in ("SHA256SUMS", "provenance.json")
    }
    said = json.loads((folder / "provenance.json").read_text())
    said["subject"] = [{"name": path, "digest": {"sha256": files[path]}} for path in sorted(files)]
    write_text(folder / "provenance.json", as_json(said))
    write_text(
        folder / "SHA256SUMS",
        checksums(files | {"provenance.json": digests(folder)["provenance.json"]}),
    )


def list_files(recipe: Recipe, run: Run, version: str, anyway: str = "") -> None:
    """List what is in the folder in `bundle.json`, and leave the seals as they are."""
    parts = {part: digests(run.bundle / part) for part in ("dataset", "adapter", "space")}
    files = {f"{part}/{path}": sha256 for part, found in parts.items() for path, sha256 in found.items()}
    listed = read_result(Bundle, run.bundle / "bundle.json", fix="")
    listed = replace(
        listed,
        version=version,
        publish=recipe.publish,
        digest=digest_of_all(files),
        anyway=anyway,
        dataset=parts["dataset"],
        adapter=parts["adapter"],
        space=parts["space"],
    )
    write_text(run.bundle / "bundle.json", as_json(listed))


def refs(api: HfApi, repo: str, kind: str) -> dict[str, str]:
    found = api.list_repo_refs(repo, repo_type=kind)
    return {ref.name: ref.target_commit for ref in (*found.branches, *found.tags)}


def files(api: HfApi, repo: str, kind: str, revision: str) -> dict[str, str]:
    entries = api.list_repo_tree(repo, repo_type=kind, revision=revision, recursive=True)
    return {entry.path: entry.blob_id for entry in entries if hasattr(entry, "blob_id")}


def pinned(api: HfApi, repo: str, revision: str, folder: Path) -> Any:
    path = api.hf_hub_download(
        repo, pins.NAME, repo_type="space", revision=revision, cache_dir=folder, force_download=True
    )
    return json.loads(Path(path).read_text())


def writes(hub: LocalHub) -> list[str]:
    entries = [json.loads(line) for line in (hub.data / "requests.jsonl").read_text().splitlines()]
    return [f"{e['method']} {e['path']}" for e in entries if e["method"] not in ("GET", "HEAD")]
