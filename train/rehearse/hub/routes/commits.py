"""Uploading: which way each file goes, then the commit."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, Fields, in_thread
from train.rehearse.hub.commit import commit
from train.rehearse.hub.disk import receive
from train.rehearse.hub.drafts import check_draft, read_draft
from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.home import Home
from train.rehearse.hub.repository import Signature
from train.rehearse.hub.routing import Route
from train.rehearse.hub.snapshot import Snapshot
from train.rehearse.hub.uploads import UploadRules, rules_of

_MOST_FILES = 256


async def preupload(call: Call) -> Response:
    """For each file, whether it goes into the commit or has to be uploaded first, and what is there now."""
    call.writable()
    fields = await call.fields()
    files = fields.rows("files")
    if len(files) > _MOST_FILES:
        raise bad_request(f"At most {_MOST_FILES} files can be asked about at once, not {len(files)}.")
    snapshot = await in_thread(call.snapshot)
    rules = await in_thread(rules_of, snapshot, fields.text("gitIgnore"))
    return JSONResponse({"files": await in_thread(_modes, files, snapshot, rules)})


async def create_commit(call: Call) -> Response:
    """A commit on a branch, whole or not at all."""
    home = call.writable()
    if call.request.query_params.get("create_pr"):
        raise HubError(501, "The embedded Hub does not know pull requests yet.")
    by = call.hub.signature(call.signed_in())
    branch = call.params["rev"].removeprefix("refs/heads/")
    await in_thread(home.repository.branch_head, branch)
    body = await receive(call.request.stream(), call.hub.store.scratch)
    commit_id = await in_thread(_commit, home, branch, body, by)
    url = f"{call.origin}/{home.kind.web_prefix}{home.id}/commit/{commit_id}"
    return JSONResponse({"success": True, "commitOid": commit_id, "commitUrl": url, "hookOutput": ""})


def _commit(home: Home, branch: str, body: Path, by: Signature) -> str:
    try:
        with body.open("rb") as lines:
            draft = read_draft(lines, home.objects)
    finally:
        body.unlink()
    check_draft(draft, home.kind, branch)
    return commit(home.repository, branch, draft, by)


def _modes(files: list[Fields], snapshot: Snapshot, rules: UploadRules) -> list[dict[str, object]]:
    return [_mode(file, snapshot, rules) for file in files]


def _mode(file: Fields, snapshot: Snapshot, rules: UploadRules) -> dict[str, object]:
    path = file.text("path")
    try:
        sample = base64.b64decode(file.text("sample"))
    except binascii.Error as error:
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
