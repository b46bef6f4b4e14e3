"""Cloning with plain git, by its smart protocol; what is pushed goes through the API."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from dulwich.errors import GitProtocolError, ObjectMissing
from dulwich.protocol import ReceivableProtocol
from dulwich.repo import Repo
from dulwich.server import BackendRepo, DictBackend, UploadPackHandler
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from train.rehearse.hub.call import LARGEST_MESSAGE_BYTES, Call, in_thread
from train.rehearse.hub.disk import new_file
from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.home import Home
from train.rehearse.hub.rights import unauthorized_git
from train.rehearse.hub.routing import Route

_SERVICE = "git-upload-pack"
_NO_PUSH = "The embedded Hub takes no git push: use huggingface_hub, for example upload_folder().\n"
_HEADERS = {"Cache-Control": "no-cache"}
_PIECE_BYTES = 1 << 20
_NOT_GIT = (GitProtocolError, ObjectMissing, AssertionError, LookupError, ValueError)


async def advertise(call: Call) -> Response:
    """The refs there are."""
    if call.request.query_params.get("service") != _SERVICE:
        return await refuse_push(call)
    home = _cloned(call)
    announced = BytesIO()
    proto = ReceivableProtocol(BytesIO().read, announced.write)
    proto.write_pkt_line(f"# service={_SERVICE}\n".encode())
    proto.write_pkt_line(None)
    await in_thread(_talk, home, proto, is_advertising=True)
    media_type = f"application/x-{_SERVICE}-advertisement"
    return Response(announced.getvalue(), media_type=media_type, headers=_HEADERS)


async def send_pack(call: Call) -> Response:
    """The objects that are asked for."""
    home = _cloned(call)
    wanted = await call.body()
    if call.request.headers.get("content-encoding") == "gzip":
        wanted = _unzipped(wanted)
    pack = await in_thread(_pack, call, home, wanted)
    return StreamingResponse(_pieces(pack), media_type=f"application/x-{_SERVICE}-result", headers=_HEADERS)


async def refuse_push(_call: Call) -> Response:
    """One line, which git shows."""
    return PlainTextResponse(_NO_PUSH, 403)


def _cloned(call: Call) -> Home:
    try:
        return call.readable()
    except HubError as error:
        if error.status == 401:
            raise unauthorized_git() from error
        raise


def _pack(call: Call, home: Home, wanted: bytes) -> IO[bytes]:
    with new_file(call.hub.store.scratch) as pack:
        opened = Path(pack.name).open("rb")  # noqa: SIM115 (closed by who sends it)
        Path(pack.name).unlink()  # nothing is left if the client goes away
        try:
            _talk(home, ReceivableProtocol(BytesIO(wanted).read, pack.write))
        except _NOT_GIT as error:
            opened.close()
            raise bad_request(f"This is not how git asks for objects: {error}") from error
    return opened


def _talk(home: Home, proto: ReceivableProtocol, *, is_advertising: bool = False) -> None:
    with Repo(str(home.repository.path)) as repository:
        served: dict[str, BackendRepo] = {"/": repository}
        UploadPackHandler(
            DictBackend(served), ["/"], proto, stateless_rpc=True, advertise_refs=is_advertising
        ).handle()


def _pieces(pack: IO[bytes]) -> Iterator[bytes]:
    with pack:
        while piece := pack.read(_PIECE_BYTES):
            yield piece


def _unzipped(body: bytes) -> bytes:
    try:
        with gzip.open(BytesIO(body)) as file:
            return file.read(LARGEST_MESSAGE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise bad_request("The body is not gzip, although its header says so.") from error


ROUTES = tuple(
    route
    for address in ("/{web}{repo}.git", "/{web}{repo}")
    for route in (
        Route("GET", f"{address}/info/refs", advertise),
        Route("POST", f"{address}/git-upload-pack", send_pack),
        Route("POST", f"{address}/git-receive-pack", refuse_push),
    )
)
