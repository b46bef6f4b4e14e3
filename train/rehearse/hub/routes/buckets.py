"""Buckets: created, listed, filled, emptied."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from starlette.responses import JSONResponse, Response, StreamingResponse

from train.rehearse.hub.buckets import Bucket, Stored
from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.errors import HubError, bad_request, entry_not_found, forbidden, repository_not_found
from train.rehearse.hub.eventlog import exact_date
from train.rehearse.hub.fields import Fields, parse_fields
from train.rehearse.hub.home import wire_date
from train.rehearse.hub.paging import paged
from train.rehearse.hub.routes.files import asked_part, pieces
from train.rehearse.hub.routing import Route

_PAGE_SIZE = 1000
_VISIBILITIES = ("public", "private")


async def create(call: Call) -> Response:
    """A new bucket; 409 with its address if there is one of that name."""
    account, (namespace, _, name) = call.signed_in(), call.params["repo"].partition("/")
    bucket_id = f"{account.name if namespace == 'me' else namespace}/{name}"
    if not account.creates(bucket_id):
        raise _no_rights(bucket_id)
    url = f"{call.origin}/buckets/{bucket_id}"
    visibility = _visibility((await call.fields()).text("visibility", "public"))
    try:
        await in_thread(call.hub.services.buckets.create, bucket_id, visibility, call.hub.clock())
    except HubError as error:
        error.body["url"] = url
        raise
    return JSONResponse({"url": url, "id": bucket_id})


async def list_buckets(call: Call) -> Response:
    """The buckets of a namespace that the account may see."""
    account, namespace = call.account, call.params["namespace"]
    namespace = call.signed_in().name if namespace == "me" else namespace
    if not (call.hub.accounts.named(namespace) or call.hub.accounts.organisation(namespace)):
        raise HubError(404, f"There is no user or organization {namespace}", "RepoNotFound")
    search = call.request.query_params.get("search", "").lower()
    buckets = [
        bucket
        for bucket in call.hub.services.buckets.all()
        if bucket.id.partition("/")[0].lower() == namespace.lower()
        and search in bucket.id.lower()
        and (not bucket.is_private or (account and account.sees(bucket.id)))
    ]
    return await paged(call, buckets, lambda page: [_info(bucket) for bucket in page], _PAGE_SIZE)


async def no_namespace(call: Call) -> Response:
    """A bucket is always somebody's."""
    raise repository_not_found(signed_in=call.account is not None)


async def info(call: Call) -> Response:
    """A bucket, with how much is in it."""
    return JSONResponse(_info(_find(call)))


async def delete(call: Call) -> Response:
    """The bucket is gone."""
    await in_thread(call.hub.services.buckets.delete, _writable(call))
    return JSONResponse({})


async def move_bucket(call: Call, fields: Fields) -> Response:
    """The bucket has another id; the old one is free again."""
    store, account, new_id = call.hub.services.buckets, call.signed_in(), fields.text("toRepo")
    bucket = store.writable(fields.text("fromRepo"), account)
    if not account.creates(new_id):
        raise _no_rights(new_id)
    await in_thread(store.move, bucket, new_id)
    return JSONResponse({"url": f"{call.origin}/buckets/{new_id}"})


async def change_settings(call: Call) -> Response:
    """The bucket is shown or hidden."""
    bucket, fields = _writable(call), await call.fields()
    is_private = fields.values.get("private")
    visibility = _visibility(fields.text("visibility", "private" if is_private else "public"))
    await in_thread(call.hub.services.buckets.set_visibility, bucket, visibility)
    return JSONResponse({"visibility": visibility, "private": visibility == "private"})


async def tree(call: Call) -> Response:
    """The files in a folder with all below it, or one level of files and folders."""
    folder, files = _find(call).listing(call.params.get("path", ""))
    if call.request.query_params.get("recursive", "true").lower() in ("false", "0"):
        return await paged(call, _level(files, folder), list, _PAGE_SIZE)
    return await paged(call, files, lambda page: [_row(file) for file in page], _PAGE_SIZE)


async def paths_info(call: Call) -> Response:
    """The files at these paths; those that do not exist are left out."""
    bucket, paths = _find(call), (await call.fields()).texts("paths")
    return JSONResponse([_row(bucket.files[path]) for path in paths if path in bucket.files])


async def batch(call: Call) -> Response:
    """Files are added, copied and deleted; 422 if not one of the operations could be done."""
    bucket = _writable(call)
    lines = (await call.body()).splitlines()
    operations = [parse_fields(line) for line in lines if line.strip()]
    store = call.hub.services.buckets
    failed = await in_thread(store.change, bucket.id, operations, call.hub.clock())
    body = {
        "success": not failed,
        "processed": len(operations),
        "succeeded": len(operations) - len(failed),
        "failed": [{"path": failure.path, "error": failure.error} for failure in failed],
    }
    return JSONResponse(body, 422 if failed and len(failed) == len(operations) else 200)


async def resolve(call: Call) -> Response:
    """A file; HEAD tells where Xet clients get it from."""
    bucket = _find(call)
    file = bucket.files.get(call.params["path"])
    if file is None:
        raise entry_not_found()
    refresh = f"{call.origin}/api/buckets/{bucket.id}/xet-read-token"
    part, status, measures = asked_part(call, file.size)
    headers = {
        **measures,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(file.path.rpartition('/')[2], safe='')}",
        "Content-Type": "application/octet-stream",
        "ETag": f'"{file.xet_hash}"',
        "X-Linked-Size": str(file.size),
        "X-Xet-Hash": file.xet_hash,
        "X-Xet-Refresh-Route": refresh,
        "Link": f'<{refresh}>; rel="xet-auth"',
    }
    if call.request.method == "HEAD" or not file.size:
        return Response(status_code=status, headers=headers)
    path = call.hub.services.buckets.contents.path(file.xet_hash)
    return StreamingResponse(pieces(path, part), status, headers)


def _find(call: Call) -> Bucket:
    return call.hub.services.buckets.find(call.params["repo"], call.account)


def _writable(call: Call) -> Bucket:
    return call.hub.services.buckets.writable(call.params["repo"], call.account)


def _no_rights(bucket_id: str) -> HubError:
    namespace = bucket_id.partition("/")[0]
    return forbidden(f'You don\'t have the rights to create a bucket under the namespace "{namespace}"')


def _visibility(visibility: str) -> str:
    if visibility not in _VISIBILITIES:
        raise bad_request(f'"visibility" must be one of [{", ".join(_VISIBILITIES)}]')
    return visibility


def _info(bucket: Bucket) -> dict[str, object]:
    return {
        "id": bucket.id,
        "author": bucket.id.partition("/")[0],
        "private": bucket.is_private,
        "visibility": bucket.visibility,
        "createdAt": wire_date(bucket.created_at),
        "size": bucket.size,
        "totalFiles": len(bucket.files),
    }


def _level(files: Sequence[Stored], folder: str) -> list[dict[str, object]]:
    """What lies in a folder: files, and folders once each."""
    rows = dict[str, dict[str, object]]()
    for file in files:
        name, slash, _ = file.path[len(folder) :].partition("/")
        path = folder + name
        rows.setdefault(path, _folder_row(path, file) if slash else _row(file))
    return [rows[path] for path in sorted(rows)]


def _folder_row(path: str, first: Stored) -> dict[str, object]:
    return {"type": "directory", "path": path, "uploadedAt": wire_date(first.uploaded_at)}


def _row(file: Stored) -> dict[str, object]:
    return {
        "type": "file",
        "path": file.path,
        "size": file.size,
        "xetHash": file.xet_hash,
        "mtime": exact_date(file.mtime_ms / 1000),
        "uploadedAt": wire_date(file.uploaded_at),
    }


ROUTES = (
    Route("GET", "/api/buckets/{namespace}", list_buckets),
    Route("POST", "/api/buckets/{repo}", create),
    Route("GET", "/api/buckets/{repo}", info),
    Route("DELETE", "/api/buckets/{repo}", delete),
    Route("DELETE", "/api/buckets/{name}", no_namespace),
    Route("PUT", "/api/buckets/{repo}/settings", change_settings),
    Route("GET", "/api/buckets/{repo}/tree", tree),
    Route("GET", "/api/buckets/{repo}/tree/{path}", tree),
    Route("POST", "/api/buckets/{repo}/paths-info", paths_info),
    Route("POST", "/api/buckets/{repo}/batch", batch),
    Route("GET", "/buckets/{repo}/resolve/{path}", resolve),
)
