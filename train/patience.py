"""Patience with the Hub, whose client tries most calls once, and clear words when patience ends."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import TypeVar

import httpx2
from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError, OfflineModeIsEnabled, OIDCError
from huggingface_hub.utils._http import parse_ratelimit_headers

from train.errors import ImprintError, StageError

T = TypeVar("T")
PAUSES_S = (1.0, 2.0, 4.0, 8.0)
_LONGEST_PAUSE_S = 301.0  # the Hub counts requests in windows of five minutes
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_OVERTAKEN = frozenset({409, 412})  # somebody was there first, perhaps this very process
_NETWORK = (
    httpx2.TimeoutException,
    httpx2.NetworkError,
    httpx2.RemoteProtocolError,
    ConnectionError,
    TimeoutError,
)
_MISHAPS = (HfHubHTTPError, *_NETWORK)


def asked(question: Callable[[], T]) -> T:
    """The answer to a question, asked again while the Hub is busy or out of reach."""
    for pause_s in PAUSES_S:
        try:
            return question()
        except _MISHAPS as mishap:
            _wait(mishap, pause_s, _BUSY)
    return question()


def ensured(look: Callable[[], T | None], write: Callable[[], object], what: Callable[[], str]) -> T:
    """What `look` finds, after `write` if there was nothing; `what` says what was to be found.

    It looks before every try: an answer can be lost after the Hub has done what was asked.
    """
    last: Exception | None = None
    for pause_s in PAUSES_S:
        found = look()
        if found is not None:
            return found
        try:
            write()
        except _MISHAPS as mishap:
            last = mishap
            _wait(mishap, pause_s, _BUSY | _OVERTAKEN)
    found = look()
    if found is None:
        raise last or StageError(f"The Hub does not show {what()}.", fix="run this command again")
    return found


@contextmanager
def explained(endpoint: str, again: str) -> Iterator[None]:
    """Say in one sentence what the Hub's client raises; `again` is the command that goes on from there."""
    try:
        yield
    except LocalTokenNotFoundError as error:
        raise ImprintError("There is no Hugging Face token on this machine.", fix="hf auth login") from error
    except OIDCError as error:
        raise ImprintError(f"The Hub gave no token for this workflow: {error}", fix=again) from error
    except HfHubHTTPError as error:
        fix = "hf auth login" if error.response.status_code in (401, 403) else again
        raise StageError(f"The Hub refused: {_words(error)}.", fix=fix) from error
    except _NETWORK as error:
        raise StageError(f"{endpoint} cannot be reached: {_words(error)}.", fix=again) from error


def _wait(mishap: Exception, pause_s: float, passing: frozenset[int]) -> None:
    if isinstance(mishap, OfflineModeIsEnabled):
        raise mishap
    if isinstance(mishap, HfHubHTTPError):
        if mishap.response.status_code not in passing:
            raise mishap
        pause_s = min(_asked_for(mishap.response.headers) or pause_s, _LONGEST_PAUSE_S)
    print(f"  again in {pause_s:g} s: {_words(mishap)}", file=sys.stderr, flush=True)
    sleep(pause_s)


def _asked_for(headers: httpx2.Headers) -> float | None:
    limit = parse_ratelimit_headers(headers)
    if limit and limit.remaining == 0:
        return limit.reset_in_seconds + 1
    seconds = headers.get("retry-after", "").strip()
    return float(seconds) if seconds.isdecimal() else None


def _words(error: Exception) -> str:
    if not isinstance(error, HfHubHTTPError):
        return str(error).strip().rstrip(".") or type(error).__name__
    request, said = error.response.request, (error.server_message or error.response.reason_phrase).strip()
    return f"{error.response.status_code} {said.rstrip('.')} ({request.method} {request.url.path})"
