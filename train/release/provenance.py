"""Where files come from, for machines: an in-toto statement with SLSA's predicate, and a list of digests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from train.prepare.report import DatasetReport
from train.release.code import Code
from train.run import as_json, digest_of_all

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD = "urn:imprint:bundle:v1"  # what `python -m train bundle` does
BUILDER = "urn:imprint:bundle"  # unsigned: it says what was used, not who ran it
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Material:
    """Something a build used: its name, the digest that fixes it, and where it can be had."""

    name: str
    digest: Mapping[str, str]
    uri: str = ""


@dataclass(frozen=True)
class Build:
    """One repository of a version: what was asked for, and everything it was made from and with."""

    recipe: str
    version: str
    repository: str
    materials: tuple[Material, ...]
    code: Code
    packages: Mapping[str, str] = field(default_factory=dict)


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


def sources(report: DatasetReport) -> tuple[Material, ...]:
    """What a dataset was made from: a source on the Hub is fixed by its commit, a folder by a digest."""
    return tuple(_source(name, revision) for name, revision in sorted(report.revisions.items()))


def base(repo: str, revision: str) -> Material:
    """The base model at its commit."""
    return Material("base", {"gitCommit": revision}, f"hf://{repo}@{revision}")


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
        },
        "internalParameters": {"dirty": build.code.dirty},
        "resolvedDependencies": [_descriptor(each) for each in (*commit, *code, *build.materials)],
    }


def _details(build: Build) -> dict[str, object]:
    return {"builder": {"id": BUILDER, "version": dict(build.packages)}}


def _descriptor(material: Material) -> dict[str, object]:
    named = {"name": material.name, "digest": dict(material.digest)}
    return {**named, "uri": material.uri} if material.uri else dict(named)
