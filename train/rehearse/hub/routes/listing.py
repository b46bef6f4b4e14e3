"""Finding repositories."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.describe import Description, describe, only, summary
from train.rehearse.hub.front_matter import card_of
from train.rehearse.hub.home import Home
from train.rehearse.hub.paging import paged
from train.rehearse.hub.routing import Route

_PAGE_SIZE = 1000
_DATES = {"createdAt", "created_at", "lastModified", "last_modified"}


async def list_repositories(call: Call) -> Response:
    """The repositories of a type that the account may see and the query names."""
    homes = await in_thread(_matching, call)
    return await paged(call, homes, lambda page: _render(call, page), _PAGE_SIZE)


def _matching(call: Call) -> list[Home]:
    query, account = call.request.query_params, call.account
    author, search = query.get("author", "").lower(), query.get("search", "").lower()
    wanted = {tag for value in query.getlist("filter") for tag in value.split(",")}
    homes = [
        home
        for home in call.hub.store.all(call.kind)
        if home.is_visible_to(account)
        and author in ("", home.id.partition("/")[0].lower())
        and search in home.id.lower()
        and wanted <= set(_tags(home))
    ]
    sort = query.get("sort", "")
    if sort in _DATES:
        homes.sort(key=_created if sort.startswith("created") else _modified, reverse=True)
    return homes


def _render(call: Call, homes: Sequence[Home]) -> list[Description]:
    query = call.request.query_params
    names = query.getlist("expand") + query.getlist("expand[]")
    if names:
        return [only(describe(home, home.at()), names, home.kind) for home in homes]
    if query.get("full", "").lower() in ("true", "1") or query.get("cardData", "").lower() in ("true", "1"):
        return [describe(home, home.at()) for home in homes]
    return [summary(home, home.at(), card_of(home.at())) for home in homes]


def _tags(home: Home) -> list[str]:
    tags = summary(home, home.at(), card_of(home.at()))["tags"]
    return tags if isinstance(tags, list) else []


def _created(home: Home) -> int:
    return home.settings.created_at


def _modified(home: Home) -> int:
    return home.at().note.date


ROUTES = (Route("GET", "/api/{kind}", list_repositories),)
