"""Large files by Xet: the token, then blocks, then the shard that makes files of them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.accounts import bearer_token
from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.disk import keep, receive
from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.routing import Route
from train.rehearse.hub.shards import ShardFile, read_shard
from train.rehearse.hub.signing import Grant

BUCKET_WRITE = "xet write to buckets"
_PURPOSE = "xet write"


async def write_token(call: Call) -> Response:
    """Where to send blocks, with a token; clients remember by this address what is there already."""
    call.uploadable()
    return token_answer(call, call.hub.signer.grant(_PURPOSE))


def token_answer(call: Call, grant: Grant, suffix: str = "") -> Response:
    """A token for the block store, in the two places where clients look for it."""
    cas_url = f"{call.origin}/cas/{call.hub.store_id}"
    headers = {
        "X-Xet-Cas-Url": cas_url,
        "X-Xet-Access-Token": grant.text + suffix,
        "X-Xet-Token-Expiration": str(grant.expires_at),
    }
    body = {"casUrl": cas_url, "accessToken": grant.text + suffix, "exp": grant.expires_at}
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
    """The files a shard describes are put together and kept: a bucket's under their Xet hash."""
    store_file = _store_content if _check_grant(call) == BUCKET_WRITE else _store_file
    shard = await call.body()
    await in_thread(_store_files, call, shard, store_file)
    return JSONResponse({"result": 1})


async def unknown(_call: Call) -> Response:
    """Nothing of that kind here: the client then uses the older way."""
    raise HubError(404, "Not found")


def _store_files(call: Call, shard: bytes, store_file: Callable[[Call, ShardFile], None]) -> None:
    for file in read_shard(shard):
        store_file(call, file)


def _store_content(call: Call, file: ShardFile) -> None:
    contents = call.hub.services.buckets.contents
    if contents.size(file.xet_hash) is None:
        contents.adopt(call.hub.xorbs.rebuild(file.terms), file.xet_hash)


def _store_file(call: Call, file: ShardFile) -> None:
    if not file.sha256:  # git names large files by it
        raise bad_request("The shard describes a file without its sha256.")
    objects = call.hub.store.objects
    if objects.size(file.sha256) is None:
        objects.adopt(call.hub.xorbs.rebuild(file.terms), file.sha256)


def _check_grant(call: Call) -> str:
    """What the token is for."""
    token = bearer_token(call.request.headers.get("authorization", ""))
    for purpose in (_PURPOSE, BUCKET_WRITE):
        if call.params["store"] == call.hub.store_id and call.hub.signer.is_valid(token, purpose):
            return purpose
    raise HubError(401, "The Xet token is not valid, or no longer.")


ROUTES = (
    Route("GET", "/api/{kind}/{repo}/xet-write-token/{rev}", write_token),
    Route("POST", "/cas/{store}/v1/xorbs/default/{hash}", put_xorb),
    Route("POST", "/cas/{store}/v1/shards", put_shard),
    Route("GET", "/cas/{store}/v1/chunks/default/{hash}", unknown),
    Route("POST", "/cas/{store}/v1/xorb-grants/default/{hash}", unknown),
    Route("POST", "/cas/{store}/v2/shards", unknown),
    Route("GET", "/cas/{store}/v2/reconstructions/{hash}", unknown),
)
