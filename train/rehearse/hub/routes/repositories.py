"""Creating, moving, showing, hiding and deleting repositories."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call, Fields, check_namespace, in_thread
from train.rehearse.hub.card_values import SPACE_SDKS
from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.home import Home, Settings
from train.rehearse.hub.names import Kind, check_repo_id, kind_named
from train.rehearse.hub.routing import Route

_VISIBILITIES = ("public", "private", "protected")


async def create(call: Call) -> Response:
    """A new repository; 409 with its address if there is one of that name."""
    account, fields = call.signed_in(), await call.fields()
    kind = kind_named(fields.text("type", "model"))
    repo_id = f"{fields.text('organization') or account.name}/{fields.text('name')}"
    check_repo_id(repo_id)
    check_namespace(account, repo_id, kind)
    by = call.hub.signature(account)
    settings = Settings(kind, repo_id, _visibility(fields, "public"), by.date)
    url = f"{call.origin}/{kind.web_prefix}{repo_id}"
    try:
        home = await in_thread(call.hub.store.create, settings, _sdk(fields, kind), by)
    except HubError as error:
        error.body["url"] = url
        raise
    return JSONResponse({"url": url, "name": repo_id, "id": home.number})


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
    home, new_id = _named(call, fields, fields.text("fromRepo")), fields.text("toRepo")
    check_repo_id(new_id)
    check_namespace(call.signed_in(), new_id, home.kind)
    await in_thread(call.hub.store.move, home, new_id)
    return JSONResponse({"url": f"{call.origin}/{home.kind.web_prefix}{new_id}"})


async def change_settings(call: Call) -> Response:
    """The repository is shown or hidden."""
    home, fields = call.writable(), await call.fields()
    if fields.values.get("gated"):
        raise HubError(501, "The embedded Hub does not know gated repositories yet.")
    await in_thread(call.hub.store.set_visibility, home, _visibility(fields, home.settings.visibility))
    return JSONResponse({"visibility": home.settings.visibility, "private": home.settings.is_private})


def _named(call: Call, fields: Fields, repo_id: str) -> Home:
    return call.check_writable(call.find(kind_named(fields.text("type", "model")), repo_id))


def _visibility(fields: Fields, default: str) -> str:
    visibility = fields.text("visibility", default)
    if visibility not in _VISIBILITIES:
        raise bad_request(f'"visibility" must be one of [{", ".join(_VISIBILITIES)}]')
    return visibility


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
)
