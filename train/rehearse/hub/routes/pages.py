"""Pages for people: all public repositories, and each of them at a revision."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from cards.page import STYLE
from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.discussion_page import discussion_page
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.home import Home
from train.rehearse.hub.names import Kind
from train.rehearse.hub.page_facts import repository_facts, shelves
from train.rehearse.hub.repository import MAIN
from train.rehearse.hub.rights import check_may_see
from train.rehearse.hub.routing import Route

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
)
_TEMPLATES.globals["card_style"] = STYLE
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:"}


async def index(call: Call) -> Response:
    """All public repositories."""
    return await in_thread(_index, call)


async def repository(call: Call) -> Response:
    """One public repository."""
    return await in_thread(_repository, call)


async def discussion(call: Call) -> Response:
    """A discussion in a public repository."""
    return await in_thread(_discussion, call)


def _index(call: Call, missing: str = "") -> Response:
    facts = {"shelves": shelves(call.hub.store), "missing": missing}
    return _page("index.html.jinja", facts, 404 if missing else 200)


def _repository(call: Call) -> Response:
    home = call.hub.store.find(call.kind, call.params["repo"])
    if home is None or not home.is_visible_to(None):
        return _index(call, missing=call.params["repo"])
    try:
        facts = repository_facts(home, call.params.get("rev", MAIN))
    except HubError:
        return _index(call, missing=f"{home.id} at {call.params['rev']}")
    return _page("repository.html.jinja", {**facts, **_running(call, home)})


def _running(call: Call, home: Home) -> Mapping[str, object]:
    """How a Space does, and where its own page is."""
    if home.kind is not Kind.SPACE:
        return {"stage": None, "host": None}
    stage = str(call.hub.services.spaces.runtime(home)["stage"])
    serves = stage.startswith("RUNNING")
    return {"stage": stage, "host": call.hub.services.spaces.host(home, call.origin) if serves else None}


def _discussion(call: Call) -> Response:
    home, number = call.hub.store.find(call.kind, call.params["repo"]), call.params["number"]
    try:
        facts = discussion_page(check_may_see(home, None), int(number))
    except HubError:
        return _index(call, missing=f"Discussion {number} of {call.params['repo']}")
    return _page("discussion.html.jinja", facts)


def _page(template: str, facts: Mapping[str, object], status: int = 200) -> Response:
    return HTMLResponse(_TEMPLATES.get_template(template).render(facts), status, _HEADERS)


ROUTES = (
    Route("GET", "/", index),
    Route("GET", "/{web}{repo}", repository),
    Route("GET", "/{web}{repo}/tree/{rev}", repository),
    Route("GET", "/{web}{repo}/commit/{rev}", repository),
    Route("GET", "/{web}{repo}/discussions/{number}", discussion),
)
