"""One request, with everything a route needs to answer it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from train.rehearse.hub.accounts import Account, check_may_write
from train.rehearse.hub.errors import HubError, bad_request, forbidden, repository_not_found
from train.rehearse.hub.home import Home
from train.rehearse.hub.hub import Hub
from train.rehearse.hub.names import Kind, kind_named
from train.rehearse.hub.snapshot import Snapshot

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Fields:
    """A JSON object somebody sent; a value of another type than asked for is refused."""

    values: Mapping[str, object]

    def text(self, name: str, default: str = "") -> str:
        """A string; null or nothing is the default."""
        return self._typed(name, str, default)

    def number(self, name: str, default: int = 0) -> int:
        """An integer."""
        return self._typed(name, int, default)

    def rows(self, name: str) -> list[Fields]:
        """A list of objects."""
        rows = self._typed(name, list, [])
        return [Fields(row) if isinstance(row, dict) else Fields({}) for row in rows]

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        return [str(item) for item in self._typed(name, list, [])]

    def _typed(self, name: str, kind: type[T], default: T) -> T:
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise bad_request(f'"{name}" must be a {kind.__name__}')
        return value


def parse_fields(text: bytes | str) -> Fields:
    """A JSON object, or a refusal."""
    try:
        values = json.loads(text or b"{}")
    except ValueError as error:
        raise bad_request(f"Invalid JSON: {error}") from error
    if not isinstance(values, dict):
        raise bad_request("Invalid JSON: an object is expected")
    return Fields(values)


@dataclass(frozen=True)
class Call:
    """A request that found its route."""

    hub: Hub
    request: Request
    params: Mapping[str, str]

    @property
    def origin(self) -> str:
        """The address the client itself uses: it refuses answers that name another host."""
        return f"{self.request.url.scheme}://{self.request.headers.get('host', '127.0.0.1')}"

    @property
    def account(self) -> Account | None:
        """Who is asking; None is an anonymous visitor."""
        return self.hub.accounts.of_header(self.request.headers.get("authorization"))

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

    async def fields(self) -> Fields:
        """The JSON object in the body."""
        return parse_fields(await self.request.body())

    def home(self) -> Home:
        """The repository the path names, if this account may know of it."""
        return self.find(self.kind, self.params["repo"])

    def find(self, kind: Kind, repo_id: str) -> Home:
        """A repository, if this account may know of it."""
        account = self.account
        home = self.hub.store.find(kind, repo_id)
        if home is None or not home.is_visible_to(account):
            raise repository_not_found(signed_in=account is not None)
        return home

    def writable(self) -> Home:
        """The repository the path names, if this account may change it."""
        return self.check_writable(self.home())

    def check_writable(self, home: Home) -> Home:
        """The repository again, if this account may change it."""
        account = self.account
        if account is None:
            raise repository_not_found(signed_in=False)
        check_may_write(account, home.id, f"write to the {home.kind} {home.id}")
        return home

    def snapshot(self) -> Snapshot:
        """The repository the path names, at the revision it names, or at main."""
        home = self.home()
        return home.at(self.params["rev"]) if "rev" in self.params else home.at()


Handler = Callable[[Call], Awaitable[Response]]


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do git and disk work beside the event loop, so that the Hub goes on answering."""
    return await run_in_threadpool(function, *args, **kwargs)


def check_namespace(account: Account, repo_id: str, kind: Kind) -> None:
    """Refuse to create something for somebody else."""
    if account.role != "write" or not account.owns(repo_id):
        namespace = repo_id.partition("/")[0]
        raise forbidden(f'You don\'t have the rights to create a {kind} under the namespace "{namespace}"')
