"""Creating, moving, showing, hiding and deleting repositories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.card_values import SPACE_SDKS
from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.home import Home, Settings
from train.rehearse.hub.names import Kind, check_repo_id, kind_named
from train.rehearse.hub.rights import check_may_create
from train.rehearse.hub.routes.buckets import move_bucket
from train.rehearse.hub.routes.spaces import take_settings
from train.rehearse.hub.routing import Route

_VISIBILITIES = ("public", "private", "protected")
_GATES = ("auto", "manual")


async def create(call: Call) -> Response:
    """A new repository; 409 with its address if there is one of that name."""
    account, fields = call.signed_in(), await call.fields()
    kind = kind_named(fields.text("type", "model"))
    repo_id = f"{fields.text('organization') or account.name}/{fields.text('name')}"
    check_repo_id(repo_id)
    check_may_create(account, repo_id, kind)
    by = call.hub.signature(account)
    settings = Settings(kind, repo_id, _visibility(fields, "public", kind), by.date, creator=account.name)
    with _address_in_refusals(url := f"{call.origin}/{kind.web_prefix}{repo_id}"):
        home = await in_thread(call.hub.store.create, settings, _sdk(fields, kind), by)
    await take_settings(call, home, fields)
    return JSONResponse({"url": url, "name": repo_id, "id": home.number})


async def duplicate(call: Call) -> Response:
    """A new repository with what another holds; 409 with its address if there is one of that name."""
    source, account, fields = call.readable(), call.signed_in(), await call.fields()
    repo_id = fields.text("repository")
    check_repo_id(repo_id)
    check_may_create(account, repo_id, source.kind)
    by = call.hub.signature(account)
    visibility = _visibility(fields, source.settings.visibility, source.kind)
    settings = Settings(source.kind, repo_id, visibility, by.date, creator=account.name)
    with _address_in_refusals(url := f"{call.origin}/{source.kind.web_prefix}{repo_id}"):
        home = await in_thread(call.hub.store.duplicate, source, settings, by)
    await take_settings(call, home, fields)
    return JSONResponse({"url": url, "name": repo_id, "id": home.number, "filesCopyPending": False})


async def delete(call: Call) -> Response:
    """The repository is gone."""
    fields = await call.fields()
    home = _named(
        call, fields, f"{fields.text('organization') or call.signed_in().name}/{fields.text('name')}"
    )
    await in_thread(call.hub.store.delete, home)
    return JSONResponse({})


async def move(call: Call) -> Response:
    """The repository has another id; the old one still leads to it."""
    fields = await call.fields()
    if fields.text("type") == "bucket":
        return await move_bucket(call, fields)
    home, new_id = _named(call, fields, fields.text("fromRepo")), fields.text("toRepo")
    check_repo_id(new_id)
    check_may_create(call.signed_in(), new_id, home.kind)
    await in_thread(call.hub.store.move, home, new_id)
    return JSONResponse({"url": f"{call.origin}/{home.kind.web_prefix}{new_id}"})


async def change_settings(call: Call) -> Response:
    """The repository is shown or hidden, its files are open or gated."""
    home, fields = call.writable(), await call.fields()
    visibility = _visibility(fields, home.settings.visibility, home.kind)
    gate = _gate(fields, home.settings.gated)
    await in_thread(call.hub.store.change, home, visibility=visibility, gated=gate)
    private = home.settings.is_private
    return JSONResponse({"visibility": visibility, "private": private, "gated": gate or False})


@contextmanager
def _address_in_refusals(url: str) -> Iterator[None]:
    try:
        yield
    except HubError as error:
        error.body["url"] = url
        raise


def _named(call: Call, fields: Fields, repo_id: str) -> Home:
    return call.check_writable(call.find(kind_named(fields.text("type", "model")), repo_id))


def _visibility(fields: Fields, default: str, kind: Kind) -> str:
    visibility = fields.text("visibility", default)
    if visibility not in _VISIBILITIES:
        raise bad_request(f'"visibility" must be one of [{", ".join(_VISIBILITIES)}]')
    if visibility == "protected" and kind is not Kind.SPACE:
        raise bad_request('"visibility" can be protected for Spaces only')
    return visibility


def _gate(fields: Fields, default: str) -> str:
    gate = fields.values.get("gated", default)
    if gate and gate not in _GATES:
        raise bad_request(f'"gated" must be one of [{", ".join(_GATES)}, false]')
    return str(gate or "")


def _sdk(fields: Fields, kind: Kind) -> str:
    sdk = fields.text("sdk")
    if kind is Kind.SPACE and sdk not in SPACE_SDKS:
        raise bad_request(f'"sdk" must be one of [{", ".join(SPACE_SDKS)}]')
    return sdk


ROUTES = (
    Route("POST", "/api/repos/create", create),
    Route("DELETE", "/api/repos/delete", delete),
    Route("POST", "/api/repos/move", move),
    Route("PUT", "/api/{kind}/{repo}/settings", change_settings),
    Route("POST", "/api/{kind}/{repo}/duplicate", duplicate),
)
