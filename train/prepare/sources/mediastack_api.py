"""The MediaStack API: one page of news for one request, and one clear line for everything else it answers."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import sleep
from typing import Any
from urllib.parse import quote, quote_plus

import httpx2

from train.errors import SAME, StageError

KEY = "MEDIASTACK_KEY"
ENDPOINT = "MEDIASTACK_ENDPOINT"  # where a rehearsal's own news service listens
PAGE = 100  # the most that one request gives
PAUSES_S = (1.0, 2.0, 4.0, 8.0)
PATIENCE_S = 30.0
ADVICE = {
    "missing_access_key": f"export {KEY}=…, as https://mediastack.com/dashboard shows it",
    "invalid_access_key": f"export {KEY}=…, as https://mediastack.com/dashboard shows it",
    "inactive_user": "see https://mediastack.com/dashboard",
    "function_access_restricted": "take what the plan lacks (often date) out of query: in the recipe",
    "https_access_restricted": "write http:// in the source's path: the key then travels readable for others",
    "validation_error": "edit query: in the recipe",
    "invalid_api_function": "edit the source's path in the recipe",
    "404_not_found": "edit the source's path in the recipe",
}
STATUS = {
    401: "invalid_access_key",
    403: "function_access_restricted",
    404: "404_not_found",
    422: "validation_error",
    429: "rate_limit_reached",
}
PASSING = ("rate_limit_reached", "internal_error")


class UsedUpError(StageError):
    """The month's requests are spent."""


@dataclass(frozen=True)
class Api:
    """The API at an address, asked with a key that no log, message or file ever shows."""

    url: str
    key: str = field(repr=False)
    pause: Callable[[float], None] = sleep

    def page(self, query: Mapping[str, str], number: int) -> dict[str, Any]:
        """The news from `number` hundred on; asked again while the API is busy."""
        for pause_s in (*PAUSES_S, None):
            status, body = self._ask({**query, "limit": str(PAGE), "offset": str(number * PAGE)})
            payload = _json(body)
            code, message = _error(status, payload)
            if not code:
                return _news(self.url, payload)
            if code not in PASSING or pause_s is None:
                raise _mishap(self.url, code, message)
            print(f"  again in {pause_s:g} s: {message}", file=sys.stderr, flush=True)
            self.pause(pause_s)
        raise AssertionError  # the last round returns or raises

    def _ask(self, parameters: Mapping[str, str]) -> tuple[int, str]:
        transport = _Keyed(httpx2.HTTPTransport(), self.key)
        try:
            with httpx2.Client(transport=transport, timeout=PATIENCE_S) as client:
                answer = client.get(self.url, params=dict(parameters))
        except (httpx2.TransportError, httpx2.DecodingError, httpx2.InvalidURL) as error:
            what = f"{self.url} cannot be reached: {self._scrubbed(str(error)) or type(error).__name__}."
            raise StageError(f"{what} Pages that are here stay.", fix=SAME) from error
        return answer.status_code, self._scrubbed(answer.text)

    def _scrubbed(self, text: str) -> str:
        for shown in (self.key, quote(self.key), quote_plus(self.key), json.dumps(self.key)[1:-1]):
            text = text.replace(shown, "…")
        return text


class _Keyed(httpx2.BaseTransport):
    """Adds the key below the client, whose log and exceptions show the address."""

    def __init__(self, inner: httpx2.BaseTransport, key: str) -> None:
        self.inner, self.key = inner, key

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url.copy_add_param("access_key", self.key)
        keyed = httpx2.Request(request.method, url, headers=request.headers, extensions=request.extensions)
        return self.inner.handle_request(keyed)

    def close(self) -> None:
        self.inner.close()


def connect(url: str) -> Api:
    """The API at an address, or at the one that the environment puts in its place."""
    url = os.environ.get(ENDPOINT, url)
    try:
        parts = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise StageError(
            "The mediastack source's path is no address.", fix=ADVICE["404_not_found"]
        ) from error
    if parts.scheme not in ("https", "http") or not parts.host:
        raise StageError(
            f"{url} is no address of an API.", fix="write https://api.mediastack.com/v1/news in the recipe"
        )
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise StageError(f"{KEY} is not set, and there is more to fetch.", fix=ADVICE["missing_access_key"])
    return Api(url, key)


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _error(status: int, payload: Any) -> tuple[str, str]:
    """The code and the words of an error, in whichever of its three shapes; no code if it is none."""
    told = payload.get("error") if isinstance(payload, dict) else None
    told = told if isinstance(told, dict) else {"message": told} if told else {}
    named = [told.get("type"), told.get("code")]
    code = next((each for each in named if isinstance(each, str) and not each.isdecimal()), "")
    message = told.get("message") or told.get("info") or ""
    context = told.get("context")
    words = ": ".join(str(each) for each in (message, json.dumps(context) if context else "") if each)
    if status >= 500:
        return code if code == "usage_limit_reached" else "internal_error", words or f"status {status}"
    failed = told or (isinstance(payload, dict) and payload.get("success") is False)
    if status == 200 and not failed:
        return "", ""
    return code or STATUS.get(status, "unknown error"), words or f"status {status}"


def _news(url: str, payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        raise StageError(f"{url} answers, but not with JSON.", fix=ADVICE["404_not_found"])
    if not isinstance(payload.get("data"), list):
        raise StageError(f"{url} answers without a list of news.", fix=ADVICE["404_not_found"])
    return payload


def _mishap(url: str, code: str, message: str) -> StageError:
    what = f"{url} refused: {code} ({message.rstrip('.')})."
    if code in ("usage_limit_reached", "monthly_limit_reached"):
        return UsedUpError(what)
    later = "wait a while, then run this command again: it goes on where it stopped"
    return StageError(
        what, fix=later if code in PASSING else ADVICE.get(code, "edit the source in the recipe")
    )
