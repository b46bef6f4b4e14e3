"""Downloads: any file at any revision, whole or in part."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.routing import Route
from train.rehearse.hub.snapshot import Entry, Snapshot

_PIECE_BYTES = 1 << 20
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


async def resolve(call: Call) -> Response:
    """A file; HEAD tells its size and what names its content."""
    call.readable()
    snapshot = await in_thread(call.snapshot)
    entry = await in_thread(snapshot.file, call.params["path"])
    part, status, measures = asked_part(call, entry.size)
    headers = {**_headers(snapshot, entry), **measures}
    if call.request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    if entry.pointer:
        path = snapshot.objects.path(entry.pointer.sha256)
        return StreamingResponse(pieces(path, part), status, headers)
    content = await in_thread(snapshot.blob, entry)
    return Response(content[part.start : part.stop], status, headers)


def _headers(snapshot: Snapshot, entry: Entry) -> Mapping[str, str]:
    name = PurePosixPath(entry.path).name
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Type": mimetypes.guess_type(name)[0] or "application/octet-stream",
        "ETag": f'"{entry.etag}"',
        "X-Repo-Commit": snapshot.commit_id,
    }
    if entry.pointer:
        headers |= {"X-Linked-ETag": f'"{entry.etag}"', "X-Linked-Size": str(entry.size)}
    return headers


def asked_part(call: Call, size: int) -> tuple[range, int, Mapping[str, str]]:
    """The bytes that are asked for, the status that says so, and the headers that measure them."""
    asked = _part(call.request.headers.get("range", ""), size)
    if asked is None:
        return range(size), 200, {"Content-Length": str(size)}
    measures = {
        "Content-Length": str(len(asked)),
        "Content-Range": f"bytes {asked.start}-{asked.stop - 1}/{size}",
    }
    return asked, 206, measures


def _part(header: str, size: int) -> range | None:
    """The bytes of a Range header; None, for all of them, if it is absent or strange."""
    match = _RANGE.fullmatch(header.strip())
    if not match or not any(match.groups()):
        return None
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    stop = min(int(last) + 1, size) if first and last else size
    if start >= stop:
        error = HubError(416, "The requested range lies beyond the end of the file")
        error.headers["Content-Range"] = f"bytes */{size}"
        raise error
    return range(start, stop)


def pieces(path: Path, part: range) -> Iterator[bytes]:
    """A part of a file, read as it is sent."""
    with path.open("rb") as file:
        file.seek(part.start)
        left = len(part)
        while left and (piece := file.read(min(_PIECE_BYTES, left))):
            left -= len(piece)
            yield piece


ROUTES = (Route("GET", "/{web}{repo}/resolve/{rev}/{path}", resolve),)
