"""The repositories on GitHub with their settings, and what runs leave there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.actions.values import WorkflowError
from train.rehearse.hub.process import LocalHub

GH = Path(__file__).parent / "programs" / "gh.py"
PYTHON = """#!/bin/sh
if [ "$1 $2 $3" = "-m pip install" ]; then printf '%s\\n' "$*" >> '{log}'; exit 0; fi
exec '{python}' "$@"
"""


@dataclass(frozen=True)
class Environment:
    """An environment of a repository: who may use it, and its secrets."""

    approved: bool = True  # by its reviewers, or it has none
    refs: tuple[str, ...] = ("**",)
    secrets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """What set a workflow off."""

    repository: str
    name: str
    ref: str
    sha: str
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ref_name(self) -> str:
        return self.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")


@dataclass
class Site:
    """GitHub: `machine` is what every runner's environment holds beside GitHub's own names."""

    folder: Path
    hub: LocalHub
    repositories: dict[str, Path]
    machine: Mapping[str, str] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    visibility: str = "public"
    before_job: Callable[[str, Path], None] = lambda job, artifacts: None
    cancel_at: str = ""  # somebody cancels the run when a step says this
    before_cancel: Callable[[], None] = lambda: None
    attested: list[tuple[str, str]] = field(default_factory=list)
    runners: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)  # job, labels

    def __post_init__(self) -> None:
        for name in ("bin", "python", "server", "sources", "runs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        python = PYTHON.format(log=self.folder / "pip.log", python=sys.executable)
        self._program("python/python", python)
        server = self.folder / "server"
        self._program("bin/gh", f"#!/bin/sh\nexec '{sys.executable}' '{GH}' '{server}' \"$@\"\n")
        places = {name: str(path) for name, path in self.repositories.items()}
        (server / "repositories.json").write_text(json.dumps(places))

    def token(self, job: str, rights: Mapping[str, str]) -> str:
        """A token for one job, with the rights it was granted."""
        token = f"ghs_{len(list((self.folder / 'server').iterdir()))}{re.sub(r'[^a-z]', '', job)}"
        (self.folder / "server" / f"{token}.json").write_text(json.dumps(dict(rights)))
        return token

    def release(self, repository: str, tag: str) -> dict[str, Any] | None:
        """A release as `gh` left it, with the names of its assets."""
        folder = self.folder / "server" / "releases" / repository / tag
        if not (folder / "release.json").is_file():
            return None
        assets = sorted(path.name for path in (folder / "assets").iterdir())
        return {**json.loads((folder / "release.json").read_text()), "assets": assets}

    def source(self, repository: str, sha: str) -> Path:
        """The files of a repository at a commit."""
        folder = self.folder / "sources" / sha
        if not folder.exists():
            folder.mkdir()
            archive = subprocess.run(
                ["git", "-C", self.path(repository), "archive", sha, ".github"],
                check=True,
                capture_output=True,
            )
            subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        return folder

    def commit(self, repository: str, ref: str) -> str:
        """The commit that a branch, a tag or a commit's own name stands for."""
        for name in (ref, f"refs/heads/{ref}", f"refs/tags/{ref}"):
            command = ["git", "-C", str(self.path(repository)), "rev-parse", "--verify", "--quiet"]
            done = subprocess.run(
                [*command, "--end-of-options", f"{name}^{{commit}}"], capture_output=True, text=True
            )
            if done.returncode == 0:
                return done.stdout.strip()
        raise WorkflowError(f"{repository} has no {ref!r}")

    def path(self, repository: str) -> Path:
        if repository not in self.repositories:
            raise WorkflowError(f"there is no repository {repository!r}")
        return self.repositories[repository]

    def _program(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)


def matches(name: str, patterns: tuple[str, ...] | list[str]) -> bool:
    """Whether a ref's name fits one of GitHub's filter patterns."""
    return any(re.fullmatch(_regexp(pattern), name) for pattern in patterns)


def _regexp(pattern: str) -> str:
    parts = re.split(r"(\*\*|\*|\?|\+|\[[^]]*\])", pattern)
    known = {"**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    return "".join(known.get(part) or (part if part[:1] == "[" else re.escape(part)) for part in parts)
