"""One request, with everything a route needs to answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from train.rehearse.hub.accounts import Account
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.fields import Fields, parse_fields
from train.rehearse.hub.home import Home
from train.rehearse.hub.hub import Hub
from train.rehearse.hub.names import Kind, kind_named, pull_number
from train.rehearse.hub.publishers import Resource
from train.rehearse.hub.pulls import author_of_pull
from train.rehearse.hub.rights import (
    check_may_change,
    check_may_propose,
    check_may_read,
    check_may_see,
)
from train.rehearse.hub.snapshot import Snapshot

LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """A request that found its route."""

    hub: Hub
    request: Request
    params: Mapping[str, str]
    asked: Resource | None = None

    @property
    def origin(self) -> str:
        """The address the client itself uses: it refuses answers that name another host."""
        return f"{self.request.url.scheme}://{self.request.headers.get('host', '127.0.0.1')}"

    @property
    def account(self) -> Account | None:
        """Who is asking; None is an anonymous visitor."""
        return self.hub.account_of(self.request.headers.get("authorization"), self.asked)

    @property
    def kind(self) -> Kind:
        """The repository type the path names."""
        return kind_named(self.params.get("kind", self.params.get("web", "")))

    def signed_in(self) -> Account:
        """Who is asking, who must be somebody."""
        account = self.account
        if account is None:
            raise HubError(401, "Invalid username or password.")
        return account

    async def body(self) -> bytes:
        """The body, if it is no larger than a message may be; files are streamed elsewhere."""
        body, size = bytearray(), 0
        async for chunk in self.request.stream():
            size += len(chunk)
            if size <= LARGEST_MESSAGE_BYTES:
                body += chunk
        if size > LARGEST_MESSAGE_BYTES:
            raise HubError(413, f"A message of {size} bytes is too large.")
        return bytes(body)

    async def fields(self) -> Fields:
        """The JSON object in the body."""
        return parse_fields(await self.body())

    def home(self) -> Home:
        """The repository the path names, if this account may know of it."""
        return self.find(self.kind, self.params["repo"])

    def find(self, kind: Kind, repo_id: str) -> Home:
        """A repository, if this account may know of it."""
        return check_may_see(self.hub.store.find(kind, repo_id), self.account)

    def readable(self) -> Home:
        """The repository the path names, if this account may have its files."""
        return check_may_read(self.home(), self.account)

    def writable(self) -> Home:
        """The repository the path names, if this account may change it."""
        return self.check_writable(self.home())

    def check_writable(self, home: Home) -> Home:
        """The repository again, if this account may change it."""
        return check_may_change(home, self.account)

    def proposable(self) -> Home:
        """The repository the path names, if this account may open a pull request there."""
        return check_may_propose(self.home(), self.account)

    def uploadable(self) -> Home:
        """The repository the path names, if this account may send files to where the request says."""
        home, account = self.home(), self.account
        number = pull_number(self.params.get("rev", ""))
        if self.request.query_params.get("create_pr") or (
            account and number and author_of_pull(home, number) == account.name
        ):
            return check_may_propose(home, account)
        return check_may_change(home, account)

    def snapshot(self) -> Snapshot:
        """The repository the path names, at the revision it names, or at main."""
        home = self.home()
        return home.at(self.params["rev"]) if "rev" in self.params else home.at()


Handler = Callable[[Call], Awaitable[Response]]


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do git and disk work beside the event loop, so that the Hub goes on answering."""
    return await run_in_threadpool(function, *args, **kwargs)
