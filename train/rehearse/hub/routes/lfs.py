"""Large files by the git-lfs protocol: in one piece or in parts, at addresses that are signed."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response, StreamingResponse

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.disk import join_files, receive
from train.rehearse.hub.errors import HubError, bad_request, entry_not_found
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.large_files import large_files
from train.rehearse.hub.names import pull_number
from train.rehearse.hub.routes.files import pieces
from train.rehearse.hub.routing import Route

_MEDIA_TYPE = "application/vnd.git-lfs+json"
_LARGEST_BYTES = 500 * 10**9
_PART_BYTES = 16 * 1024 * 1024


async def batch(call: Call) -> Response:
    """Where to send each object, nowhere if it is there already; or where to fetch it."""
    fields = await call.fields()
    if fields.text("operation") == "download":
        return await _downloads(call, fields)
    ref = Fields(fields.object("ref")).text("name")
    if ref and not pull_number(ref):
        call.writable()
    else:  # a pull request is being prepared, which has no ref yet
        call.proposable()
    in_parts = "multipart" in fields.texts("transfers")
    objects = [_instructions(call, item, in_parts=in_parts) for item in fields.rows("objects")]
    transfer = "multipart" if any("chunk_size" in str(item) for item in objects) else "basic"
    return JSONResponse({"transfer": transfer, "objects": objects}, media_type=_MEDIA_TYPE)


async def get_object(call: Call) -> Response:
    """An object, for git-lfs."""
    oid = _granted(call, "read")
    objects = call.hub.store.objects
    size = objects.size(oid)
    if size is None:
        raise entry_not_found()
    return StreamingResponse(pieces(objects.path(oid), range(size)), headers={"ETag": f'"{oid}"'})


async def put_object(call: Call) -> Response:
    """An object in one piece."""
    oid = _granted(call)
    upload = await receive(call.request.stream(), call.hub.store.scratch)
    await in_thread(call.hub.store.objects.adopt, upload, oid)
    return Response(headers={"ETag": f'"{oid}"'})


async def put_part(call: Call) -> Response:
    """One part of an object."""
    oid, number = _granted(call), int(call.params["number"])
    upload = await receive(call.request.stream(), call.hub.store.scratch)
    upload.rename(call.hub.store.scratch / f"{oid}.{number}")
    return Response(headers={"ETag": f'"{oid[:16]}-{number}"'})


async def complete(call: Call) -> Response:
    """The parts become the object."""
    oid, fields = _granted(call), await call.fields()
    store = call.hub.store
    numbers = sorted(row.number("partNumber") for row in fields.rows("parts"))
    parts = [store.scratch / f"{oid}.{number}" for number in numbers]
    if not all(part.exists() for part in parts):
        raise bad_request(f"A part of {oid} was never uploaded.")
    whole = await in_thread(join_files, parts, store.scratch)
    await in_thread(store.objects.adopt, whole, oid)
    return JSONResponse({})


async def verify(call: Call) -> Response:
    """Whether an object arrived whole."""
    oid, fields = _granted(call), await call.fields()
    if call.hub.store.objects.size(oid) != fields.number("size"):
        raise HubError(404, f"The object {oid} is not here, or has another size.")
    return JSONResponse({})


async def _downloads(call: Call, fields: Fields) -> Response:
    known = {large.pointer.sha256 for large in await in_thread(large_files, call.readable())}
    objects = [_download(call, item, known) for item in fields.rows("objects")]
    return JSONResponse({"transfer": "basic", "objects": objects}, media_type=_MEDIA_TYPE)


def _download(call: Call, item: Fields, known: set[str]) -> dict[str, object]:
    oid, size = item.text("oid"), item.number("size")
    if oid not in known:
        return {"oid": oid, "size": size, "error": {"code": 404, "message": "Object does not exist"}}
    href = _signed(call, f"/lfs/{oid}", oid, "read")
    return {"oid": oid, "size": size, "authenticated": True, "actions": {"download": {"href": href}}}


def _instructions(call: Call, item: Fields, *, in_parts: bool) -> dict[str, object]:
    oid, size = item.text("oid"), item.number("size")
    if not 0 <= size <= _LARGEST_BYTES:
        return {"oid": oid, "size": size, "error": {"code": 422, "message": "A file has at most 500 GB"}}
    if call.hub.store.objects.size(oid) == size:
        return {"oid": oid, "size": size}
    verify_url = _signed(call, f"/lfs/{oid}/verify", oid)
    actions = {"upload": _upload(call, oid, size, in_parts=in_parts), "verify": {"href": verify_url}}
    return {"oid": oid, "size": size, "authenticated": True, "actions": actions}


def _upload(call: Call, oid: str, size: int, *, in_parts: bool) -> dict[str, object]:
    if not in_parts or size <= _PART_BYTES:
        return {"href": _signed(call, f"/lfs/{oid}", oid)}
    count = -(-size // _PART_BYTES)
    parts = {str(n): _signed(call, f"/lfs/{oid}/parts/{n}", oid) for n in range(1, count + 1)}
    return {
        "href": _signed(call, f"/lfs/{oid}/complete", oid),
        "header": {"chunk_size": str(_PART_BYTES), **parts},
    }


def _signed(call: Call, path: str, oid: str, purpose: str = "lfs") -> str:
    return f"{call.origin}{path}?grant={call.hub.signer.grant(f'{purpose} {oid}').text}"


def _granted(call: Call, purpose: str = "lfs") -> str:
    oid = call.params["oid"]
    if not call.hub.signer.is_valid(call.request.query_params.get("grant", ""), f"{purpose} {oid}"):
        raise HubError(403, "The address is not valid, or no longer.")
    return oid


ROUTES = (
    Route("POST", "/{web}{repo}.git/info/lfs/objects/batch", batch),
    Route("GET", "/lfs/{oid}", get_object),
    Route("PUT", "/lfs/{oid}", put_object),
    Route("PUT", "/lfs/{oid}/parts/{number}", put_part),
    Route("POST", "/lfs/{oid}/complete", complete),
    Route("POST", "/lfs/{oid}/verify", verify),
)
