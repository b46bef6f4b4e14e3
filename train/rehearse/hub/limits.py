"""Rate limits as documented: a quota for each kind of request in fixed windows, for each account."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from train.errors import ImprintError
from train.rehearse.hub.errors import HubError

_UNLIMITED = ("/api/_", "/cas/", "/lfs/", "/oauth/", "/_actions/", "/v1/")
_EXAMPLE = "python -m train hub --rate-limits api=1000,resolvers=5000,pages=200,window=300"


@dataclass(frozen=True)
class Quotas:
    """Requests a signed-in account may send in one window; anonymous visitors have fewer."""

    api: int = 1000
    resolvers: int = 5000
    pages: int = 200
    window_s: int = 300

    def of(self, resource: str, *, signed_in: bool) -> int:
        """The quota for a kind of request."""
        quota = {"api": self.api, "resolvers": self.resolvers, "pages": self.pages}[resource]
        return quota if signed_in else math.ceil(quota * (0.6 if resource == "resolvers" else 0.5))


@dataclass(frozen=True)
class Count:
    """Where an account stands with one kind of request."""

    resource: str
    quota: int
    used: int
    window_s: int
    reset_s: int

    def headers(self) -> Mapping[str, str]:
        """What every answer says about it."""
        return {
            "RateLimit": f'"{self.resource}";r={max(0, self.quota - self.used)};t={self.reset_s}',
            "RateLimit-Policy": f'"fixed window";"{self.resource}";q={self.quota};w={self.window_s}',
        }


class Limits:
    """Counts requests; without quotas it lets everything through."""

    def __init__(self, quotas: Quotas | None = None, now: Callable[[], float] = time.time) -> None:
        self._quotas = quotas
        self._now = now
        self._lock = threading.Lock()
        self._window = 0
        self._used: dict[tuple[str, str], int] = {}

    def count(self, path: str, account: str | None, address: str) -> Count | None:
        """Count a request; None if nothing limits it."""
        resource = resource_of(path)
        if self._quotas is None or resource is None:
            return None
        window_s, now = self._quotas.window_s, self._now()
        key = (resource, account or f"[{address}]")
        with self._lock:
            if self._window != int(now // window_s):
                self._window = int(now // window_s)
                self._used.clear()
            self._used[key] = self._used.get(key, 0) + 1
            used = self._used[key]
        quota = self._quotas.of(resource, signed_in=account is not None)
        return Count(resource, quota, used, window_s, math.ceil(window_s - now % window_s))


def check(count: Count | None) -> None:
    """Refuse a request over its quota."""
    if count is not None and count.used > count.quota:
        raise too_many(count.resource, count.quota, count.window_s, count.reset_s)


def too_many(resource: str, quota: int, window_s: int, reset_s: int) -> HubError:
    """The refusal of a request over the quota."""
    period = f"{window_s // 60} minutes" if window_s >= 120 else f"{window_s} seconds"
    error = HubError(
        429,
        f"We had to rate limit you, you hit the quota of {quota} {resource} requests per {period} period. "
        "Upgrade to a PRO user or Team/Enterprise organization account (https://hf.co/pricing) to get higher "
        "limits. See https://huggingface.co/docs/hub/rate-limits",
    )
    error.headers.update(Count(resource, quota, quota, window_s, reset_s).headers())
    return error


def resource_of(path: str) -> str | None:
    """The kind of a request: api, resolvers or pages; None for what is not limited."""
    if path.startswith(_UNLIMITED) or ".git/" in path:
        return None
    if "/resolve/" in path and not path.startswith("/api/"):
        return "resolvers"
    return "api" if path.startswith("/api/") else "pages"


def parse_quotas(text: str) -> Quotas:
    """Quotas from `api=1000,resolvers=5000,pages=200,window=300`; what is not named stays as documented."""
    quotas = Quotas()
    for item in filter(None, text.split(",")):
        name, _, number = item.partition("=")
        field = "window_s" if name == "window" else name
        if (
            field not in ("api", "resolvers", "pages", "window_s")
            or not number.isdecimal()
            or int(number) < 1
        ):
            raise ImprintError(
                f"{item!r} is not a rate limit: api, resolvers, pages or window, then = and a number, is.",
                fix=_EXAMPLE,
            )
        quotas = replace(quotas, **{field: int(number)})
    return quotas
