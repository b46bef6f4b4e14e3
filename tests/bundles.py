"""Small bundles, as `bundle` leaves them, made without any stage before it, and what became of them."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from train import recipe as recipes
from train.evaluate.report import Verdict
from train.recipe import Recipe
from train.rehearse.hub.process import LocalHub
from train.release import pins
from train.release.report import Bundle, Release
from train.run import Run, as_json, digest_of_all, digests, write_text
from train.sections import Publish

CARD = "---\nlicense: cc0-1.0\n---\n\n# {title}\n"
SPACE_CARD = "---\ntitle: Writer\nsdk: gradio\nsdk_version: 6.31.0\napp_file: app.py\n---\n"


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
    """A bundle in `folder` for repositories that begin with `name`; other `rows`, other bytes."""
    publish = replace(
        recipes.load("blog").publish,
        dataset=f"rehearsal/{name}-data",
        adapter=f"rehearsal/{name}-writer",
        space=f"rehearsal/{name}-space",
    )
    recipe = replace(recipes.load("blog"), publish=publish)
    run = Run(folder)
    for path, content in _content(rows).items():
        (run.bundle / path).parent.mkdir(parents=True, exist_ok=True)
        (run.bundle / path).write_bytes(content)
    write_list(recipe, run, version)
    return Candidate(recipe, run)


def write_list(recipe: Recipe, run: Run, version: str, anyway: str = "") -> None:
    """List what is in the folder in `bundle.json`."""
    parts = {part: digests(run.bundle / part) for part in ("dataset", "adapter", "space")}
    files = {f"{part}/{path}": sha256 for part, found in parts.items() for path, sha256 in found.items()}
    listed = Bundle(
        key="key",
        recipe=recipe.name,
        title=recipe.title,
        version=version,
        publish=recipe.publish,
        base=recipe.base,
        base_revision="0" * 40,
        digest=digest_of_all(files),
        anyway=anyway,
        **parts,
    )
    write_text(run.bundle / "bundle.json", as_json(listed))


def _content(rows: str) -> dict[str, bytes]:
    return {
        "dataset/README.md": CARD.format(title=f"Rows {rows}").encode(),
        "dataset/data/train-00000-of-00001.parquet": b"PAR1\0" + rows.encode() * 5000,
        "dataset/report.json": b"{}\n",
        "adapter/README.md": CARD.format(title="Writer").encode(),
        "adapter/adapter_config.json": b'{"r": 8}\n',
        "adapter/adapter_model.safetensors": b"\0weights" + rows.encode() * 9000,
        "adapter/evidence/gate.json": as_json(Verdict("key", passed=True, checks=())).encode(),
        "adapter/evidence/metrics.json": b'{"gain": 0.1}\n',
        "space/README.md": SPACE_CARD.encode(),
        "space/app.py": b"print('hello')\n",
        "space/requirements.txt": b"gradio\n",
    }


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
