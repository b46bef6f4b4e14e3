"""Uploading: which way each file goes, then the commit."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.commit import Draft, commit, head_for, prepare_commit
from train.rehearse.hub.disk import receive
from train.rehearse.hub.drafts import check_draft, read_draft
from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.home import Home
from train.rehearse.hub.pulls import open_pull
from train.rehearse.hub.repository import Signature
from train.rehearse.hub.routing import Route
from train.rehearse.hub.snapshot import Snapshot
from train.rehearse.hub.uploads import UploadRules, rules_of

_MOST_FILES = 256
_LONGEST_LINE_BYTES = 64 * 1024 * 1024
_NO_WORDS = "This pull request was opened with a commit."


async def preupload(call: Call) -> Response:
    """For each file, whether it goes into the commit or has to be uploaded first, and what is there now."""
    call.uploadable()
    fields = await call.fields()
    files = fields.rows("files")
    if len(files) > _MOST_FILES:
        raise bad_request(f"At most {_MOST_FILES} files can be asked about at once, not {len(files)}.")
    snapshot = await in_thread(call.snapshot)
    rules = await in_thread(rules_of, snapshot, fields.text("gitIgnore"))
    return JSONResponse({"files": await in_thread(_modes, files, snapshot, rules)})


async def create_commit(call: Call) -> Response:
    """A commit on a branch, whole or not at all."""
    home = call.uploadable()
    by = call.hub.signature(call.signed_in())
    branch = call.params["rev"].removeprefix("refs/heads/")
    await in_thread(home.repository.branch_head, branch)
    body = await receive(call.request.stream(), call.hub.store.scratch)
    draft = await in_thread(_draft, home, branch, body)
    page = f"{call.origin}/{home.kind.web_prefix}{home.id}"
    if call.request.query_params.get("create_pr"):
        commit_id, number = await in_thread(_propose, home, branch, draft, by)
        pull = {"pullRequestUrl": f"{page}/discussions/{number}"}
    else:
        commit_id, pull = await in_thread(commit, home.repository, branch, draft, by), {}
    url = f"{page}/commit/{commit_id}"
    return JSONResponse({"success": True, "commitOid": commit_id, "commitUrl": url, "hookOutput": "", **pull})


def _draft(home: Home, branch: str, body: Path) -> Draft:
    try:
        with body.open("rb") as lines:
            draft = read_draft(_lines(lines), home.objects)
    finally:
        body.unlink()
    check_draft(draft, home.kind, branch)
    return draft


def _lines(body: IO[bytes]) -> Iterator[bytes]:
    while line := body.readline(_LONGEST_LINE_BYTES):
        if len(line) == _LONGEST_LINE_BYTES:
            raise HubError(413, f"A line of a commit has less than {_LONGEST_LINE_BYTES} bytes.")
        if line.strip():
            yield line


def _propose(home: Home, branch: str, draft: Draft, by: Signature) -> tuple[str, int]:
    with home.repository.lock:
        base = head_for(home.repository, branch, draft)
        commit_id = prepare_commit(home.repository, base, draft, by)
        text = draft.description or _NO_WORDS
        return commit_id, open_pull(home, draft.title, text, by, base=branch, head=commit_id).number


def _modes(files: list[Fields], snapshot: Snapshot, rules: UploadRules) -> list[dict[str, object]]:
    return [_mode(file, snapshot, rules) for file in files]


def _mode(file: Fields, snapshot: Snapshot, rules: UploadRules) -> dict[str, object]:
    path = file.text("path")
    try:
        sample = base64.b64decode(file.text("sample"))
    except ValueError as error:
        raise bad_request(f"The sample of {path} is not base64.") from error
    large = rules.must_be_large(path, sample, file.number("size"))
    entry = snapshot.entry(path)
    return {
        "path": path,
        "uploadMode": "lfs" if large else "regular",
        "shouldIgnore": rules.ignores(path),
        **({"oid": entry.etag} if entry and not entry.is_folder else {}),
    }


ROUTES = (
    Route("POST", "/api/{kind}/{repo}/preupload/{rev}", preupload),
    Route("POST", "/api/{kind}/{repo}/commit/{rev}", create_commit),
)
