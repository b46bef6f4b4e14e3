"""Versions of one writer on the embedded Hub, and what visitors see of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

from tests.bundles import Candidate, candidate, files, refs
from train.rehearse.hub.process import LocalHub

KINDS = {"dataset": "dataset", "adapter": "model", "space": "space"}
Change = CommitOperationAdd | CommitOperationDelete


@dataclass(frozen=True)
class Published:
    """The repositories of one writer, and the client of their owner."""

    api: HfApi
    name: str
    folder: Path

    def repo(self, part: str) -> str:
        return f"rehearsal/{self.name}-{ {'dataset': 'data', 'adapter': 'writer', 'space': 'space'}[part] }"

    def release(self, version: str, rows: str = "one") -> Candidate:
        made = candidate(self.folder / f"{version}-{rows}", self.name, version, rows)
        made.release(self.api)
        return made

    def refs(self, part: str) -> dict[str, str]:
        return refs(self.api, self.repo(part), KINDS[part])

    def files(self, part: str, revision: str) -> dict[str, str]:
        held = files(self.api, self.repo(part), KINDS[part], revision)
        return {path: blob for path, blob in held.items() if path != ".gitattributes"}

    def text(self, part: str, path: str, revision: str = "main") -> str:
        found = self.api.hf_hub_download(
            self.repo(part), path, repo_type=KINDS[part], revision=self.refs(part)[revision]
        )
        return Path(found).read_text(encoding="utf-8")

    def served(self) -> str:
        return str(json.loads(self.text("space", "release.json"))["writers"][0]["version"])

    def state(self) -> dict[str, Any]:
        """What anybody can see, without the commits' names."""
        seen: dict[str, Any] = {}
        for part in KINDS:
            held = self.refs(part)
            seen[part] = {ref: self.files(part, commit) for ref, commit in held.items()}
        return seen

    def move_tag(self, part: str, tag: str, *changes: Change, message: str | None = None) -> None:
        """What nobody should do: other files under a version's tag, with words of one's own or its own."""
        repo, kind = self.repo(part), KINDS[part]
        past = self.api.list_repo_commits(repo, repo_type=kind, revision=tag)[0]
        self.api.create_branch(repo, repo_type=kind, branch="forged", revision=tag)
        made = self.api.create_commit(
            repo,
            list(changes),
            repo_type=kind,
            revision="forged",
            commit_message=past.title if message is None else message,
            commit_description=past.message if message is None else "",
        )
        self.point(part, tag, str(made.oid))
        self.api.delete_branch(repo, repo_type=kind, branch="forged")

    def point(self, part: str, tag: str, commit: str) -> None:
        """Move a tag."""
        self.api.delete_tag(self.repo(part), tag=tag, repo_type=KINDS[part])
        self.api.create_tag(self.repo(part), tag=tag, repo_type=KINDS[part], revision=commit)


def published(hub: LocalHub, name: str, folder: Path, *versions: str) -> Published:
    """A writer with these versions, each of other rows."""
    writer = Published(HfApi(endpoint=hub.url, token=hub.token), name, folder)
    for rows, each in enumerate(versions):
        writer.release(each, "one" if rows == 0 else f"{rows}")
    return writer
