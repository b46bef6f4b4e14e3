"""What there is to know about one repository."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.describe import Description, describe, only
from train.rehearse.hub.errors import repository_not_found
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
    described = describe(call.home(), call.snapshot(), with_blobs=with_blobs)
    names = query.getlist("expand") + query.getlist("expand[]")
    return only(described, names) if names else described


ROUTES = (
    Route("GET", "/api/{kind}/{repo}", repo_info),
    Route("GET", "/api/{kind}/{repo}/revision/{rev}", repo_info),
    Route("GET", "/api/{kind}/{name}", no_namespace),
    Route("GET", "/api/{kind}/{name}/revision/{rev}", no_namespace),
    Route("GET", "/{name}/resolve/{rev}/{path}", no_namespace),
)
