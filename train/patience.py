"""Patience with the Hub, whose client tries most calls once, and clear words when patience ends."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from traceback import walk_tb
from typing import TypeVar

import httpx2
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    OIDCError,
    RevisionNotFoundError,
)
from huggingface_hub.utils._http import parse_ratelimit_headers

from train.errors import SAME, ImprintError, StageError
from train.owned import hushed
from train.run import ROOT

T = TypeVar("T")


class GarbledError(Exception):
    """An answer that arrived is not the one that was sent."""


class LaggingError(StageError):
    """The Hub does not show what has to be there: it lags behind itself, or somebody has deleted it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}, or does not show it yet.", fix=SAME)


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
_BROKEN = (GarbledError, ValueError, KeyError)  # the client reads what it got: JSON, dates, addresses
_BEHIND = (RevisionNotFoundError, LaggingError)
_MISHAPS = (HfHubHTTPError, *_NETWORK, *_BROKEN, RuntimeError)  # RuntimeError: of an upload in a thread


def asked(question: Callable[[], T], *, may_lag: bool = False) -> T:
    """The answer to a question, asked again while the Hub is busy or out of reach.

    With `may_lag` also while it does not know a revision: it may have been made a moment ago.
    """
    for pause_s in PAUSES_S:
        try:
            return _answered(question)
        except _MISHAPS as mishap:
            if not (may_lag and isinstance(mishap, RevisionNotFoundError)):
                _check_passing(mishap, _BUSY)
            _wait(mishap, pause_s)
    return _answered(question)


def caught_up(question: Callable[[], T]) -> T:
    """The answer to a question that fails only because the Hub lags behind itself, asked again meanwhile."""
    for pause_s in PAUSES_S:
        try:
            return question()
        except _BEHIND as behind:
            pause(pause_s, words(behind))
    return question()


def ensured(look: Callable[[], T | None], write: Callable[[], T | None], what: Callable[[], str]) -> T:
    """What `look` finds, after `write` if there was nothing; `what` says what was to be found.

    It looks before every try: an answer can be lost after the Hub has done what was asked. What `write`
    knows to be there need not be looked for.
    """
    last: Exception | None = None
    for pause_s in PAUSES_S:
        found = look()
        if found is not None:
            return found
        try:
            found = write()
        except _MISHAPS as mishap:
            last = mishap
            if not isinstance(mishap, RevisionNotFoundError):
                _check_passing(mishap, _BUSY | _OVERTAKEN)
            _wait(mishap, pause_s)
            continue
        if (found := found if found is not None else look()) is not None:
            return found
        pause(pause_s, "the Hub does not show it yet")
    found = look()
    if found is None:
        raise last or StageError(f"The Hub does not show {what()}.", fix=SAME)
    return found


def pause(seconds: float, why: str) -> None:
    """Let some time pass, and say why."""
    print(f"  again in {seconds:g} s: {why}", file=sys.stderr, flush=True)
    rest(seconds)


def rest(seconds: float) -> None:
    """Let some time pass; all waiting for the Hub goes through here."""
    sleep(seconds)


@contextmanager
def explained(endpoint: str, again: str) -> Iterator[None]:
    """Say in one sentence what the Hub's client raises; `again` is the command that goes on from there."""
    try:
        yield
    except LocalTokenNotFoundError as error:
        raise ImprintError("There is no Hugging Face token on this machine.", fix="hf auth login") from error
    except OIDCError as error:
        raise ImprintError(f"The Hub gave no token for this workflow: {words(error)}", fix=again) from error
    except HfHubHTTPError as error:
        fix = "hf auth login" if error.response.status_code in (401, 403) else again
        raise StageError(f"The Hub refused: {words(error)}.", fix=fix) from error
    except HFValidationError as error:
        raise ImprintError(f"{words(error)}.", fix="write it as on its page: OWNER/NAME") from error
    except RuntimeError as error:
        if not _is_of_an_upload(error):
            raise
        what = f"The Hub did not take a file: {words(error)}: {words(error.__cause__ or error)}."
        raise StageError(what, fix=again) from error
    except _BROKEN as error:
        if _is_of_this_project(error):
            raise
        raise StageError(
            f"{endpoint} gave an answer that cannot be read: {words(error)}.", fix=again
        ) from error
    except _NETWORK as error:
        raise StageError(f"{endpoint} cannot be reached: {words(error)}.", fix=again) from error


def _answered(question: Callable[[], T]) -> T:
    """The answer, or what stood in its way.

    Of a file that it could not ask for, the client says that there is no such file, as of one that is not
    on the Hub; who takes the one for the other forgets what is published.
    """
    try:
        return question()
    except LocalEntryNotFoundError as error:
        if error.__cause__ is None:  # only this machine was to be asked
            raise
        hidden = error.__cause__ if isinstance(error.__cause__, _MISHAPS) else GarbledError(words(error))
    raise hidden


def _check_passing(mishap: Exception, passing: frozenset[int]) -> None:
    """Raise what will not pass by itself."""
    if isinstance(mishap, RuntimeError) and not _is_of_an_upload(mishap):
        raise mishap
    if isinstance(mishap, _BROKEN) and _is_of_this_project(mishap):
        raise mishap
    if isinstance(mishap, OfflineModeIsEnabled | HFValidationError):
        raise mishap
    if isinstance(mishap, HfHubHTTPError) and mishap.response.status_code not in passing:
        raise mishap


def _is_of_an_upload(mishap: RuntimeError) -> bool:
    """Whether the client has only wrapped what happened to one large file."""
    return isinstance(mishap.__cause__, _MISHAPS)


def _is_of_this_project(mishap: Exception) -> bool:
    """Whether it was raised here, and not by a library that read an answer: then it is a mistake of ours."""
    if isinstance(mishap, GarbledError):
        return False
    *_, (frame, _) = walk_tb(mishap.__traceback__)
    raised_in = Path(frame.f_code.co_filename)
    return raised_in.is_relative_to(ROOT) and "site-packages" not in raised_in.parts


def _wait(mishap: Exception, pause_s: float) -> None:
    if isinstance(mishap, HfHubHTTPError):
        pause_s = min(_asked_for(mishap.response.headers) or pause_s, _LONGEST_PAUSE_S)
    pause(pause_s, words(mishap))


def _asked_for(headers: httpx2.Headers) -> float | None:
    limit = parse_ratelimit_headers(headers)
    if limit and limit.remaining == 0:
        return limit.reset_in_seconds + 1
    seconds = headers.get("retry-after", "").strip()
    return float(seconds) if seconds.isdecimal() else None


def words(error: BaseException) -> str:
    """What went wrong on the way to the Hub, in a line."""
    if not isinstance(error, HfHubHTTPError):
        return hushed(str(error)).strip().rstrip(".") or type(error).__name__
    request, said = error.response.request, (error.server_message or error.response.reason_phrase).strip()
    said = hushed(said, request.headers.get("authorization", "").partition(" ")[2])
    return f"{error.response.status_code} {said.rstrip('.')} ({request.method} {request.url.path})"
