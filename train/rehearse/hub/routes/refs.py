"""Branches and tags."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.errors import forbidden
from train.rehearse.hub.names import branch_ref, tag_ref
from train.rehearse.hub.repository import MAIN
from train.rehearse.hub.routing import Route


async def list_refs(call: Call) -> Response:
    """Every branch and tag with its commit; an annotated tag's is the commit it annotates."""
    repository = call.home().repository
    branches, tags = await in_thread(repository.branches), await in_thread(repository.tags)
    answer = {"branches": _rows("heads", branches), "converts": [], "tags": _rows("tags", tags)}
    if call.request.query_params.get("include_prs"):
        answer["pullRequests"] = _rows("pr", await in_thread(repository.pulls))
    return JSONResponse(answer)


async def create_branch(call: Call) -> Response:
    """A branch from a revision, or from main."""
    repository, fields = call.writable().repository, await call.fields()
    start = await in_thread(repository.resolve, fields.text("startingPoint", MAIN))
    await in_thread(repository.add_branch, call.params["rev"], start)
    return JSONResponse({})


async def delete_branch(call: Call) -> Response:
    """The branch is gone; main stays."""
    repository, branch = call.writable().repository, call.params["rev"]
    if branch == MAIN:
        raise forbidden("Cannot delete refs/heads/main")
    await in_thread(repository.delete_ref, branch_ref(branch), branch)
    return JSONResponse({})


async def create_tag(call: Call) -> Response:
    """A tag on a revision."""
    repository, fields = call.writable().repository, await call.fields()
    target = await in_thread(repository.resolve, call.params["rev"])
    by = call.hub.signature(call.signed_in())
    await in_thread(repository.add_tag, fields.text("tag"), target, fields.text("message"), by)
    return JSONResponse({})


async def delete_tag(call: Call) -> Response:
    """The tag is gone, unless tags stay here."""
    repository, tag = call.writable().repository, call.params["rev"]
    if call.hub.immutable_tags:
        raise forbidden(f"Cannot delete refs/tags/{tag}: tags are immutable here")
    await in_thread(repository.delete_ref, tag_ref(tag), tag)
    return JSONResponse({})


def _rows(folder: str, refs: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"name": name, "ref": f"refs/{folder}/{name}", "targetCommit": commit}
        for name, commit in refs.items()
    ]


ROUTES = (
    Route("GET", "/api/{kind}/{repo}/refs", list_refs),
    Route("POST", "/api/{kind}/{repo}/branch/{rev}", create_branch),
    Route("DELETE", "/api/{kind}/{repo}/branch/{rev}", delete_branch),
    Route("POST", "/api/{kind}/{repo}/tag/{rev}", create_tag),
    Route("DELETE", "/api/{kind}/{repo}/tag/{rev}", delete_tag),
)
