"""Who am I, who are the others, and what may I see or change?"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.accounts import Account, Organisation
from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.errors import HubError, forbidden
from train.rehearse.hub.home import Home, wire_date
from train.rehearse.hub.names import Kind, database_id
from train.rehearse.hub.paging import paged
from train.rehearse.hub.routing import Route

_PAGE_SIZE = 1000
_TOKEN_ROLES = {"fine-grained": "fineGrained"}

Facts = Mapping[str, object]


async def whoami(call: Call) -> Response:
    """The account behind the token."""
    account = call.signed_in()
    token = {
        "displayName": "embedded Hub",
        "role": _TOKEN_ROLES.get(account.role, account.role),
        "createdAt": wire_date(0),
        **({"fineGrained": _scopes(account)} if account.role == "fine-grained" else {}),
    }
    return JSONResponse(
        {
            "type": "user",
            "id": database_id(account.name),
            "name": account.name,
            "fullname": account.name,
            "email": f"{account.name}@users.noreply.huggingface.co",
            "emailVerified": True,
            "canPay": False,
            "periodEnd": None,
            "isPro": False,
            "avatarUrl": "",
            "orgs": [_place(place.org, place.role) for place in account.memberships],
            "auth": {"type": "access_token", "accessToken": token},
        }
    )


async def may_read(call: Call) -> Response:
    """Whether the account may read the repository's files."""
    call.readable()
    return JSONResponse({})


async def may_write(call: Call) -> Response:
    """Whether the account may write to the repository."""
    call.writable()
    return JSONResponse({})


async def show_user(call: Call) -> Response:
    """What anybody may know of a user."""
    account = call.hub.accounts.named(call.params["name"])
    if account is None:
        raise HubError(404, "This user does not exist")
    known = call.hub.accounts.with_token(account.token) or account
    orgs = [_place(place.org, place.role) for place in known.memberships]
    facts = {**_user(account.name), "orgs": orgs, **await in_thread(_counts, call, account.name)}
    return JSONResponse(facts)


async def show_organisation(call: Call) -> Response:
    """What anybody may know of an organisation."""
    org = _organisation(call)
    counts = await in_thread(_counts, call, org.name)
    names = {"name": org.name, "fullname": org.name, "avatarUrl": "", "type": "org"}
    return JSONResponse({**names, "numUsers": len(org.members), **counts})


async def list_members(call: Call) -> Response:
    """The users of an organisation."""
    names = [name for name, _role in _organisation(call).members]
    return await paged(call, names, lambda page: [_user(name) for name in page], _PAGE_SIZE)


async def list_own(call: Call) -> Response:
    """The repositories in the account's own namespace, or an organisation's, with their sizes."""
    account = call.signed_in()
    namespace = _organisation(call).name if "name" in call.params else account.name
    if not account.owns(f"{namespace}/"):
        raise forbidden(f"You don't have the rights to see the settings of {namespace}")
    homes = await in_thread(_homes_of, call, namespace)
    return await paged(call, homes, lambda page: [_storage(home) for home in page], _PAGE_SIZE)


async def list_likes(call: Call) -> Response:
    """Nobody likes anything here."""
    if call.hub.accounts.named(call.params["name"]) is None:
        raise HubError(404, "This user does not exist")
    return JSONResponse([])


async def unlike(call: Call) -> Response:
    """As it was."""
    call.signed_in()
    call.home()
    return JSONResponse({})


async def list_likers(call: Call) -> Response:
    """Nobody likes anything here."""
    call.home()
    return JSONResponse([])


def _organisation(call: Call) -> Organisation:
    org = call.hub.accounts.organisation(call.params["name"])
    if org is None:
        raise HubError(404, "This organization does not exist")
    return org


def _place(org: str, role: str) -> Facts:
    return {
        "type": "org",
        "id": database_id(org),
        "name": org,
        "fullname": org,
        "avatarUrl": "",
        "roleInOrg": role,
        "isEnterprise": False,
    }


def _user(name: str) -> Facts:
    return {
        "_id": database_id(name),
        "user": name,
        "fullname": name,
        "avatarUrl": "",
        "type": "user",
        "isPro": False,
    }


def _counts(call: Call, namespace: str) -> Facts:
    homes = [home for home in _homes_of(call, namespace) if home.is_visible_to(call.account)]
    return {f"num{kind.plural.capitalize()}": sum(home.kind is kind for home in homes) for kind in Kind}


def _homes_of(call: Call, namespace: str) -> list[Home]:
    homes = [home for kind in Kind for home in call.hub.store.all(kind)]
    return [home for home in homes if home.id.partition("/")[0].lower() == namespace.lower()]


def _storage(home: Home) -> Facts:
    return {
        "id": home.id,
        "type": home.kind.value,
        "updatedAt": wire_date(home.at().note.date),
        "visibility": home.settings.visibility,
        "storage": sum(entry.size for entry in home.at().files()),
        "storagePercent": 0,
    }


def _scopes(account: Account) -> Facts:
    entities = [
        {"entity": {"type": "repo", "name": name}, "permissions": ["repo.write"]}
        for name in account.repositories
    ]
    return {"scoped": entities, "global": []}


ROUTES = (
    Route("GET", "/api/whoami-v2", whoami),
    Route("GET", "/api/{kind}/{repo}/auth-check", may_read),
    Route("GET", "/api/{kind}/{repo}/auth-check/write", may_write),
    Route("GET", "/api/users/{name}/overview", show_user),
    Route("GET", "/api/users/{name}/likes", list_likes),
    Route("GET", "/api/{kind}/{repo}/likers", list_likers),
    Route("DELETE", "/api/{kind}/{repo}/like", unlike),
    Route("GET", "/api/organizations/{name}/overview", show_organisation),
    Route("GET", "/api/organizations/{name}/members", list_members),
    Route("GET", "/api/settings/repositories", list_own),
    Route("GET", "/api/organizations/{name}/settings/repositories", list_own),
)
