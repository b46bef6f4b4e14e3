"""Versions of one writer on the embedded Hub, and what visitors see of them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, set_client_factory

from tests.bundles import Candidate, candidate, files, refs
from train.release.published.yank import yank

KILLED = 9
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


class Interrupting(httpx2.HTTPTransport):
    """Passes requests on, and ends the process once a number of writes have been answered."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after, self.writes = after, count(1)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        is_write = request.method not in ("GET", "HEAD") and not request.url.path.endswith("validate-yaml")
        if is_write and next(self.writes) == self.after:
            os._exit(KILLED)
        return answer


def yank_until_killed(url: str, token: str, repo: str, tag: str, reason: str, after: int) -> None:
    """Withdraw a version, and die after a number of writes; run in a process of its own."""
    transport = Interrupting(after)
    set_client_factory(lambda: httpx2.Client(transport=transport, follow_redirects=True))
    yank(HfApi(endpoint=url, token=token), repo, tag, reason)
