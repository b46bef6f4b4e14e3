"""The contents of buckets by Xet: tokens, then where each run of chunks lies, then the chunks."""

from __future__ import annotations

import re

from starlette.responses import JSONResponse, Response, StreamingResponse

from train.rehearse.hub.accounts import bearer_token
from train.rehearse.hub.buckets import Bucket
from train.rehearse.hub.call import Call
from train.rehearse.hub.contents import Span
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.routes.xet import BUCKET_WRITE, token_answer
from train.rehearse.hub.routing import Route

_READ = "xet read "
_BLOCK = "xet block "
_RANGE = re.compile(r"bytes=([0-9]{1,18})-([0-9]{1,18})")


async def write_token(call: Call) -> Response:
    """Where to send blocks for a bucket."""
    call.hub.services.buckets.writable(call.params["repo"], call.account)
    return token_answer(call, call.hub.signer.grant(BUCKET_WRITE))


async def read_token(call: Call) -> Response:
    """Where to get a bucket's contents, with a token for that bucket alone."""
    bucket = call.hub.services.buckets.find(call.params["repo"], call.account)
    return token_answer(call, call.hub.signer.grant(_READ + bucket.id), f".{bucket.id}")


async def reconstruction(call: Call) -> Response:
    """Of which runs of chunks a content is made, and where to get them."""
    xet_hash = call.params["hash"]
    bucket = _granted(call)
    if xet_hash not in {file.xet_hash for file in bucket.files.values()}:
        raise HubError(404, "Not found")
    part = _part(call.request.headers.get("range", ""))
    offset, spans = call.hub.services.buckets.contents.spans(xet_hash, part)
    grant = call.hub.signer.grant(_BLOCK + xet_hash)
    url = f"{call.origin}/cas/{call.hub.store_id}/blocks/{xet_hash}?grant={grant.text}"
    body = {
        "offset_into_first_range": offset,
        "terms": [{"hash": xet_hash, "unpacked_length": span.size, "range": _chunks(span)} for span in spans],
        "fetch_info": {xet_hash: [_fetch(span, url) for span in spans]},
    }
    return JSONResponse(body)


async def block(call: Call) -> Response:
    """A run of packed chunks."""
    xet_hash, contents = call.params["hash"], call.hub.services.buckets.contents
    if not call.hub.signer.is_valid(call.request.query_params.get("grant", ""), _BLOCK + xet_hash):
        raise HubError(403, "The address is not valid, or no longer.")
    _, spans = contents.spans(xet_hash, None)
    whole = range(spans[-1].packed.stop)
    part = _part(call.request.headers.get("range", "")) or whole
    headers = {"Content-Length": str(len(part)), "Content-Type": "application/octet-stream"}
    if part != whole:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(whole)}"
    return StreamingResponse(contents.packed(xet_hash, part), 206 if part != whole else 200, headers)


def _granted(call: Call) -> Bucket:
    token = bearer_token(call.request.headers.get("authorization", ""))
    expires, _, rest = token.partition(".")
    mark, _, bucket_id = rest.partition(".")
    for bucket in call.hub.services.buckets.all():
        if bucket.id == bucket_id and call.hub.signer.is_valid(f"{expires}.{mark}", _READ + bucket_id):
            return bucket
    raise HubError(401, "The Xet token is not valid, or no longer.")


def _part(header: str) -> range | None:
    match = _RANGE.fullmatch(header.strip())
    return range(int(match[1]), int(match[2]) + 1) if match else None


def _chunks(span: Span) -> dict[str, int]:
    return {"start": span.first, "end": span.end}


def _fetch(span: Span, url: str) -> dict[str, object]:
    packed = {"start": span.packed.start, "end": span.packed.stop - 1}
    return {"range": _chunks(span), "url": url, "url_range": packed}


ROUTES = (
    Route("GET", "/api/buckets/{repo}/xet-write-token", write_token),
    Route("GET", "/api/buckets/{repo}/xet-read-token", read_token),
    Route("GET", "/cas/{store}/v1/reconstructions/{hash}", reconstruction),
    Route("GET", "/cas/{store}/blocks/{hash}", block),
)
