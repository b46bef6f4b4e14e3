"""Discussions and pull requests."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.accounts import Account
from train.rehearse.hub.call import Call, Handler, in_thread
from train.rehearse.hub.discussion_facts import details, event_facts, row
from train.rehearse.hub.discussions import (
    Discussion,
    all_discussions,
    edited,
    hidden,
    save_discussion,
)
from train.rehearse.hub.errors import bad_request, forbidden
from train.rehearse.hub.fields import Fields, parse_number
from train.rehearse.hub.home import Home
from train.rehearse.hub.pulls import compare, look_up, merge, open_discussion, open_pull
from train.rehearse.hub.repository import MAIN, Signature
from train.rehearse.hub.routing import Route

_PAGE_SIZE = 50


async def list_discussions(call: Call) -> Response:
    """The discussions the query asks for, the newest first, a page at a time."""
    return JSONResponse(await in_thread(_list, call))


async def create(call: Call) -> Response:
    """A new discussion, or a pull request without changes."""
    home, fields = call.proposable(), await call.fields()
    discussion = await in_thread(_create, home, fields, call.hub.signature(call.signed_in()))
    url = f"{call.origin}/{home.kind.web_prefix}{home.id}/discussions/{discussion.number}"
    return JSONResponse({"num": discussion.number, "url": url, "pullRequest": discussion.is_pull})


async def show(call: Call) -> Response:
    """A discussion with everything in it; a pull request with its diff and conflicts."""
    return JSONResponse(await in_thread(_show, call))


def comment(call: Call, home: Home, fields: Fields) -> Response:
    """One more comment."""
    by = call.hub.signature(call.signed_in())
    changed = look_up(home, _number(call)).commented(by.name, by.date, fields.text("comment"))
    return _answer(home, changed, "newMessage")


def retitle(call: Call, home: Home, fields: Fields) -> Response:
    """Another title."""
    by, discussion = call.hub.signature(call.signed_in()), look_up(home, _number(call))
    _check_is_theirs(home, call.signed_in(), discussion.author, "rename this discussion")
    return _answer(home, discussion.retitled(by.name, by.date, fields.text("title")), "newTitle")


def turn(call: Call, home: Home, fields: Fields) -> Response:
    """Open or closed, with a comment if there is one."""
    by, discussion = call.hub.signature(call.signed_in()), look_up(home, _number(call))
    status, words = fields.text("status"), fields.text("comment")
    if status not in ("open", "closed"):
        raise bad_request('"status" must be one of [open, closed]')
    _check_is_theirs(home, call.signed_in(), discussion.author, "change the status of this discussion")
    if discussion.status in ("merged", status):
        raise bad_request(f"This discussion is {discussion.status} already")
    spoken = discussion.commented(by.name, by.date, words) if words.strip() else discussion
    return _answer(home, spoken.turned(by.name, by.date, status), "newStatus")


async def merge_pull(call: Call) -> Response:
    """The pull request's changes are in its base."""
    home, fields = call.writable(), await call.fields()
    by = call.hub.signature(call.signed_in())
    merged = await in_thread(merge, home, _number(call), by, fields.text("comment"))
    return JSONResponse({"newStatus": event_facts(merged.events[-1]), "mergeCommitId": merged.merge_commit})


def edit_comment(call: Call, home: Home, fields: Fields) -> Response:
    """Other words in a comment, by who wrote it."""
    by, discussion = call.hub.signature(call.signed_in()), look_up(home, _number(call))
    event = discussion.comment(call.params["event"])
    if event.author != by.name:
        raise forbidden("You can only edit your own comments")
    changed = edited(event, by.name, by.date, fields.text("content"))
    save_discussion(home.records, discussion.replaced(changed))
    return JSONResponse({"updatedComment": event_facts(changed)})


def hide_comment(call: Call, home: Home, _fields: Fields) -> Response:
    """A comment without its words, which are gone."""
    discussion = look_up(home, _number(call))
    event = discussion.comment(call.params["event"])
    _check_is_theirs(home, call.signed_in(), event.author, "hide this comment")
    save_discussion(home.records, discussion.replaced(hidden(event)))
    return JSONResponse({"updatedComment": event_facts(hidden(event))})


def _changing(change: Callable[[Call, Home, Fields], Response]) -> Handler:
    """A route that changes a discussion, one at a time in a repository."""

    async def handler(call: Call) -> Response:
        home, fields = call.proposable(), await call.fields()
        return await in_thread(_locked, change, call, home, fields)

    return handler


def _locked(
    change: Callable[[Call, Home, Fields], Response], call: Call, home: Home, fields: Fields
) -> Response:
    with home.repository.lock:
        return change(call, home, fields)


def _list(call: Call) -> dict[str, object]:
    home, query = call.home(), call.request.query_params
    kind, status = query.get("type", "all"), query.get("status", "all")
    found = [
        discussion
        for discussion in all_discussions(home.records)
        if kind in ("all", "pull_request" if discussion.is_pull else "discussion")
        and status in ("all", "open" if discussion.is_open else "closed")
        and query.get("author", discussion.author) == discussion.author
    ]
    start = parse_number(query.get("p", "")) * _PAGE_SIZE
    shown = [row(home, discussion) for discussion in found[start : start + _PAGE_SIZE]]
    return {"discussions": shown, "count": len(found), "start": start}


def _create(home: Home, fields: Fields, by: Signature) -> Discussion:
    title, text = fields.text("title"), fields.text("description")
    if fields.values.get("pullRequest"):
        head = home.repository.branch_head(MAIN)
        return open_pull(home, title, text, by, base=MAIN, head=head)
    return open_discussion(home, title, text, by)


def _show(call: Call) -> object:
    home = call.home()
    discussion = look_up(home, _number(call))
    return details(home, discussion, compare(home, discussion) if discussion.is_pull else None)


def _answer(home: Home, discussion: Discussion, name: str) -> Response:
    save_discussion(home.records, discussion)
    return JSONResponse({name: event_facts(discussion.events[-1])})


def _check_is_theirs(home: Home, account: Account, author: str, action: str) -> None:
    if account.name != author and not home.is_changed_by(account):
        raise forbidden(f"You don't have the rights to {action}")


def _number(call: Call) -> int:
    return int(call.params["number"])


_ONE = "/api/{kind}/{repo}/discussions/{number}"
ROUTES = (
    Route("GET", "/api/{kind}/{repo}/discussions", list_discussions),
    Route("POST", "/api/{kind}/{repo}/discussions", create),
    Route("GET", _ONE, show),
    Route("POST", f"{_ONE}/comment", _changing(comment)),
    Route("POST", f"{_ONE}/title", _changing(retitle)),
    Route("POST", f"{_ONE}/status", _changing(turn)),
    Route("POST", f"{_ONE}/merge", merge_pull),
    Route("POST", f"{_ONE}/comment/{{event}}/edit", _changing(edit_comment)),
    Route("POST", f"{_ONE}/comment/{{event}}/hide", _changing(hide_comment)),
)
