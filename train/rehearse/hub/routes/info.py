"""What there is to know about one repository."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.describe import Description, describe, only
from train.rehearse.hub.errors import repository_not_found
from train.rehearse.hub.names import Kind
from train.rehearse.hub.routing import Route


async def repo_info(call: Call) -> Response:
    """The repository at main, or at a revision."""
    return JSONResponse(await in_thread(_info, call))


async def no_namespace(call: Call) -> Response:
    """Ids without a namespace, like `gpt2`, exist on the real Hub only."""
    raise repository_not_found(signed_in=call.account is not None)


def _info(call: Call) -> Description:
    query = call.request.query_params
    with_blobs = query.get("blobs", "").lower() in ("true", "1")
    described = {**describe(call.home(), call.snapshot(), with_blobs=with_blobs), **_running(call)}
    names = query.getlist("expand") + query.getlist("expand[]")
    return only(described, names, call.kind) if names else described


def _running(call: Call) -> Description:
    """Where a Space runs, and how it does."""
    if call.kind is not Kind.SPACE:
        return {}
    home, spaces = call.home(), call.hub.services.spaces
    host = spaces.host(home, call.origin)
    return {"runtime": spaces.runtime(home), **({"host": host} if host else {})}


ROUTES = (
    Route("GET", "/api/{kind}/{repo}", repo_info),
    Route("GET", "/api/{kind}/{repo}/revision/{rev}", repo_info),
    Route("GET", "/api/{kind}/{name}", no_namespace),
    Route("GET", "/api/{kind}/{name}/revision/{rev}", no_namespace),
    Route("GET", "/{name}/resolve/{rev}/{path}", no_namespace),
    Route("GET", "/api/{kind}/{name}/commits/{rev}", no_namespace),
    Route("GET", "/api/{kind}/{name}/tree/{rev}", no_namespace),
    Route("GET", "/api/{kind}/{name}/tree/{rev}/{path}", no_namespace),
    Route("POST", "/api/{kind}/{name}/paths-info/{rev}", no_namespace),
    Route("POST", "/api/{kind}/{name}/preupload/{rev}", no_namespace),
    Route("DELETE", "/api/{kind}/{name}/like", no_namespace),
)
