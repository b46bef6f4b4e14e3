"""Gated repositories: who asks for the files, and what the authors say."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.access import STATUSES, Access, AccessRequest
from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.home import Home, wire_date
from train.rehearse.hub.paging import paged
from train.rehearse.hub.routing import Route

_PAGE_SIZE = 1000


async def ask(call: Call) -> Response:
    """The account asks for the files; an automatic gate opens at once."""
    home, account = _gated(call.home()), call.signed_in()
    access, is_automatic = Access(home.records, home.repository.lock), home.settings.gated == "auto"
    await in_thread(access.ask, account.name, call.hub.clock(), is_automatic=is_automatic)
    return JSONResponse({"status": access.status(account.name)})


async def list_requests(call: Call) -> Response:
    """The requests of one status."""
    home, status = _gated(call.writable()), call.params["status"]
    if status not in STATUSES:
        raise bad_request(f'"status" must be one of [{", ".join(STATUSES)}]')
    return await paged(
        call, await in_thread(Access(home.records, home.repository.lock).all, status), _rows, _PAGE_SIZE
    )


async def handle(call: Call) -> Response:
    """A request is accepted, rejected, or put back."""
    home, fields = _gated(call.writable()), await call.fields()
    status = fields.text("status")
    if status not in STATUSES:
        raise bad_request(f'"status" must be one of [{", ".join(STATUSES)}]')
    user = _known_user(call, fields) if fields.text("user") else ""
    access, reason = Access(home.records, home.repository.lock), fields.text("rejectionReason")
    await in_thread(access.handle, user, fields.text("requestId"), status, reason)
    return JSONResponse({})


async def grant(call: Call) -> Response:
    """Somebody may have the files without having asked."""
    home, fields = _gated(call.writable()), await call.fields()
    user = _known_user(call, fields)
    access = Access(home.records, home.repository.lock)
    await in_thread(access.grant, user, call.hub.clock())
    return JSONResponse({})


def _gated(home: Home) -> Home:
    if not home.settings.gated:
        raise bad_request(f"The {home.kind} {home.id} is not gated")
    return home


def _known_user(call: Call, fields: Fields) -> str:
    account = call.hub.accounts.named(fields.text("user"))
    if account is None:
        raise HubError(404, f"The user {fields.text('user')} does not exist")
    return account.name


def _rows(requests: Sequence[AccessRequest]) -> list[dict[str, object]]:
    return [_row(request) for request in requests]


def _row(request: AccessRequest) -> dict[str, object]:
    user = {"user": request.user, "fullname": request.user, "avatarUrl": ""}
    if not request.is_granted:
        user["email"] = f"{request.user}@users.noreply.huggingface.co"
    return {
        "requestId": request.id,
        "user": user,
        "status": request.status,
        "timestamp": wire_date(request.date),
        **({"grantedBy": {"type": "manual"}} if request.is_granted else {}),
    }


_REQUESTS = "/api/{kind}/{repo}/user-access-request"
ROUTES = (
    Route("POST", "/{web}{repo}/ask-access", ask),
    Route("POST", f"{_REQUESTS}/handle", handle),
    Route("POST", f"{_REQUESTS}/grant", grant),
    Route("GET", f"{_REQUESTS}/{{status}}", list_requests),
)
