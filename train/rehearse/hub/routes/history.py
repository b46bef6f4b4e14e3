"""Making history shorter, and taking large files out of it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.commit import squash
from train.rehearse.hub.errors import bad_request, forbidden
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.home import Home, wire_date
from train.rehearse.hub.large_files import LargeFile, large_files, remove_from_history
from train.rehearse.hub.names import Kind, kind_named
from train.rehearse.hub.paging import paged
from train.rehearse.hub.routing import Route

_PAGE_SIZE, _MOST_DELETIONS = 1000, 1000


async def super_squash(call: Call) -> Response:
    """The branch is one commit."""
    home, fields = call.writable(), await call.fields()
    branch = call.params["rev"]
    message = fields.text("message") or f"Super-squash branch '{branch}'"
    await in_thread(squash, home.repository, branch, message, call.hub.signature(call.signed_in()))
    return JSONResponse({})


async def list_large_files(call: Call) -> Response:
    """Every large file that any commit names."""
    found = await in_thread(large_files, call.writable())
    return await paged(call, found, _rows, _PAGE_SIZE)


async def delete_large_files(call: Call) -> Response:
    """The large files are gone, and with them what named them in the history."""
    home, deletions = call.writable(), Fields((await call.fields()).object("deletions"))
    unwanted = frozenset(deletions.texts("sha"))
    if len(unwanted) > _MOST_DELETIONS:
        raise bad_request(f"At most {_MOST_DELETIONS} files can be deleted at once, not {len(unwanted)}.")
    with_history = deletions.values.get("rewriteHistory") is not False
    await in_thread(_delete, call, home, unwanted, with_history=with_history)
    return JSONResponse({"success": True})


async def duplicate_large_files(call: Call) -> Response:
    """Whether each large file may be named by the other repository: they all lie in one place."""
    source, fields = call.readable(), await call.fields()
    target = Fields(fields.object("target"))
    call.check_writable(call.find(kind_named(target.text("type", "model")), target.text("name")))
    known = {large.pointer.sha256 for large in await in_thread(large_files, source)}
    asked = [row.text("sha256") for row in fields.rows("files")]
    failed = [{"sha256": sha256, "error": "File not found"} for sha256 in asked if sha256 not in known]
    return JSONResponse({"success": [sha256 for sha256 in asked if sha256 in known], "failed": failed})


def _delete(call: Call, home: Home, unwanted: frozenset[str], *, with_history: bool) -> None:
    if call.hub.immutable_tags and with_history and home.repository.tags():
        raise forbidden("Tags are immutable here, and the history they stand for with them.")
    mine = {large.pointer.sha256 for large in large_files(home)} & unwanted
    if with_history:
        remove_from_history(home.repository, frozenset(mine))
    others = [other for kind in Kind for other in call.hub.store.all(kind) if other is not home]
    elsewhere = {large.pointer.sha256 for other in others for large in large_files(other)}
    for sha256 in sorted(mine - elsewhere):
        home.objects.delete(sha256)


def _rows(found: Sequence[LargeFile]) -> list[dict[str, object]]:
    return [
        {
            "fileOid": large.pointer.sha256,
            "filename": large.path,
            "oid": large.pointer.sha256,
            "pushedAt": wire_date(large.date),
            "ref": large.ref,
            "size": large.pointer.size,
        }
        for large in found
    ]


ROUTES = (
    Route("POST", "/api/{kind}/{repo}/super-squash/{rev}", super_squash),
    Route("GET", "/api/{kind}/{repo}/lfs-files", list_large_files),
    Route("POST", "/api/{kind}/{repo}/lfs-files/batch", delete_large_files),
    Route("POST", "/api/{kind}/{repo}/lfs-files/duplicate", duplicate_large_files),
)
