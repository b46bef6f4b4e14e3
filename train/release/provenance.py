"""Where files come from, for machines: an in-toto statement with SLSA's predicate, and a list of digests.

It says what was built from what, and not by which workflow or when: the same version must come out
as the same bytes on a laptop, in a workflow and in its re-run. Who built it stands where it is proved,
in the certificate of a keyless signature, and where it was run in the message of each commit.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from train.prepare.report import DatasetReport
from train.release.code import Code
from train.run import ROOT, as_json, digest_of_all, digest_of_file

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD = "urn:imprint:bundle:v1"  # what `python -m train bundle` does
BUILDER = "urn:imprint:bundle"  # unsigned: it says what was used, not who ran it
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Material:
    """Something a build used: its name, the digest that fixes it, where it can be had, what goes with it."""

    name: str
    digest: Mapping[str, str]
    uri: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Build:
    """One repository of a version: what was asked for, and everything it was made from and with."""

    recipe: str
    version: str
    repository: str
    parts: Mapping[str, str]  # dataset, adapter, space -> its repository
    materials: tuple[Material, ...]
    code: Code
    packages: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)  # stage -> what its result can be found again by
    byproducts: tuple[Material, ...] = ()


def provenance(files: Mapping[str, str], build: Build) -> str:
    """`provenance.json` for files given as path and SHA-256."""
    return as_json(
        {
            "_type": STATEMENT,
            "subject": [{"name": name, "digest": {"sha256": files[name]}} for name in sorted(files)],
            "predicateType": PREDICATE,
            "predicate": {"buildDefinition": _definition(build), "runDetails": _details(build)},
        }
    )


def checksums(files: Mapping[str, str]) -> str:
    """`SHA256SUMS` as `sha256sum -c` reads it."""
    return "".join(f"{files[name]}  {name}\n" for name in sorted(files))


def digest_of_parts(files: Mapping[str, Mapping[str, str]]) -> str:
    """One SHA-256 for a version, from the paths and digests in each part; its commits carry it.

    The Space's `release.json` is not in it: it names commits that do not exist yet.
    """
    return digest_of_all(
        {f"{part}/{name}": sha for part, held in files.items() for name, sha in held.items()}
    )


def sources(report: DatasetReport) -> tuple[Material, ...]:
    """What a dataset was made from: a source on the Hub is fixed by its commit, a folder by a digest."""
    return tuple(_source(name, revision) for name, revision in sorted(report.revisions.items()))


def base(repo: str, revision: str, license_: str) -> Material:
    """The base model at its commit, with the licence that its page states."""
    stated = {"license": license_} if license_ else {}
    return Material("base", {"gitCommit": revision}, f"hf://{repo}@{revision}", stated)


def packages(lock: Path = ROOT / "constraints.txt") -> Material:
    """The list of packages that an installation takes its versions from."""
    return Material(lock.name, {"sha256": digest_of_file(lock)})


def byproducts(folder: Path, names: Iterable[str]) -> tuple[Material, ...]:
    """What a build leaves beside its product: how it was trained, and what was measured on it."""
    return tuple(Material(name, {"sha256": digest_of_file(folder / name)}) for name in sorted(names))


def rows(report: DatasetReport, repo: str, tag: str) -> Material:
    """The rows an adapter learned from and was judged on; the digest is over `files` in `report.json`."""
    return Material("dataset", {"sha256": digest_of_all(report.files)}, f"hf://datasets/{repo}@{tag}")


def _source(name: str, revision: str) -> Material:
    if COMMIT.fullmatch(revision):
        return Material(f"source {name}", {"gitCommit": revision}, f"hf://datasets/{name}@{revision}")
    return Material(f"source {name}", {"sha256": revision})


def _definition(build: Build) -> dict[str, object]:
    code = [Material("code.tree", {"sha256": build.code.tree})]
    commit = [Material("code", {"gitCommit": build.code.commit})] if build.code.commit else []
    return {
        "buildType": BUILD,
        "externalParameters": {
            "recipe": build.recipe,
            "repository": build.repository,
            "version": build.version,
            "parts": dict(build.parts),
        },
        "internalParameters": {"dirty": build.code.dirty, "keys": dict(build.keys)},
        "resolvedDependencies": [_descriptor(each) for each in (*commit, *code, *build.materials)],
    }


def _details(build: Build) -> dict[str, object]:
    made: dict[str, object] = {"builder": {"id": BUILDER, "version": dict(build.packages)}}
    beside = [_descriptor(each) for each in build.byproducts]
    return {**made, "byproducts": beside} if beside else made


def _descriptor(material: Material) -> dict[str, object]:
    said: dict[str, object] = {"uri": material.uri, "annotations": dict(material.annotations)}
    told = {key: value for key, value in said.items() if value}
    return {"name": material.name, "digest": dict(material.digest), **told}
