"""Large files by Xet: the token, then blocks, then the shard that makes files of them."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.accounts import bearer_token
from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.disk import keep, receive
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.routing import Route
from train.rehearse.hub.shards import ShardFile, read_shard

_PURPOSE = "xet write"


async def write_token(call: Call) -> Response:
    """Where to send blocks, with a token; clients remember by this address what is there already."""
    call.writable()
    grant = call.hub.signer.grant(_PURPOSE)
    cas_url = f"{call.origin}/cas/{call.hub.store_id}"
    headers = {
        "X-Xet-Cas-Url": cas_url,
        "X-Xet-Access-Token": grant.text,
        "X-Xet-Token-Expiration": str(grant.expires_at),
    }
    body = {"casUrl": cas_url, "accessToken": grant.text, "exp": grant.expires_at}
    return JSONResponse(body, headers=headers)


async def put_xorb(call: Call) -> Response:
    """A block of chunks is kept."""
    _check_grant(call)
    path = call.hub.xorbs.path(call.params["hash"])
    is_new = not path.exists()
    upload = await receive(call.request.stream(), call.hub.store.scratch)
    with upload.open("ab") as file:
        await in_thread(keep, file, path)
    return JSONResponse({"was_inserted": is_new})


async def put_shard(call: Call) -> Response:
    """The files a shard describes are put together and kept under their sha256."""
    _check_grant(call)
    shard = await call.request.body()
    await in_thread(_store_files, call, shard)
    return JSONResponse({"result": 1})


async def unknown(_call: Call) -> Response:
    """Nothing of that kind here: the client then uses the older way."""
    raise HubError(404, "Not found")


def _store_files(call: Call, shard: bytes) -> None:
    for file in read_shard(shard):
        _store_file(call, file)


def _store_file(call: Call, file: ShardFile) -> None:
    objects = call.hub.store.objects
    if objects.size(file.sha256) is None:
        objects.adopt(call.hub.xorbs.rebuild(file.terms), file.sha256)


def _check_grant(call: Call) -> None:
    token = bearer_token(call.request.headers.get("authorization", ""))
    if call.params["store"] != call.hub.store_id or not call.hub.signer.is_valid(token, _PURPOSE):
        raise HubError(401, "The Xet token is not valid, or no longer.")


ROUTES = (
    Route("GET", "/api/{kind}/{repo}/xet-write-token/{rev}", write_token),
    Route("POST", "/cas/{store}/v1/xorbs/default/{hash}", put_xorb),
    Route("POST", "/cas/{store}/v1/shards", put_shard),
    Route("GET", "/cas/{store}/v1/chunks/default/{hash}", unknown),
    Route("POST", "/cas/{store}/v1/xorb-grants/default/{hash}", unknown),
    Route("POST", "/cas/{store}/v2/shards", unknown),
)
