"""The sentences that the page says when something is not as usual; each tells what to do."""

import os
from html import escape
from math import ceil

from orders import Code, RefusedError, State, Text

LATER = "Your request is kept in the form."
NEXT: dict[Code, str] = {
    "bad_request": "Change the form, then try again.",
    "unknown_writer": "Reload the page to see what is served now.",
    "unknown_version": "Choose another version under Settings.",
    "loading": f"{LATER} Try again in a moment.",
    "busy": f"{LATER} Try again in a minute.",
    "too_many_requests": LATER,
    "out_of_memory": "A shorter text, or a smaller word limit, may fit.",
    "unreachable": "The released version works without the Hub: choose it under Settings.",
    "failed": f"{LATER} Trying once more often helps.",
}
CUT = "It stops here: this is as long as a text may get with this writer."
LENDING = "Asking for a graphics card: the first words can take a minute after a quiet time."


def note(sentence: str, retry: bool = False) -> str:
    """A calm sentence in place, with a button where trying again makes sense."""
    button = '<button type="button" data-act="write">Try again</button>' if retry else ""
    return f"<p>{escape(sentence)}</p>{button}"


def refused(error: RefusedError) -> str:
    """Why nothing is written, and what to do."""
    return note(f"{error.said} {NEXT[error.code]}", retry=error.code not in ("bad_request", "unknown_writer"))


def beginning() -> str:
    """What is said until the first words come."""
    return note(LENDING) if os.environ.get("SPACES_ZERO_GPU") else ""


class Turn:
    """When it comes, as far as the queue has moved while somebody waited."""

    def __init__(self) -> None:
        self._first: tuple[int, float] | None = None
        self._ahead, self._wait_s = 0, 0.0

    def wait_s(self, ahead: int, now_s: float) -> float:
        """How long it may still take; 0 while nobody can know, and the same until the queue moves again."""
        self._first = self._first or (ahead, now_s)
        before, since_s = self._first
        if ahead < min(before, self._ahead or before):
            self._wait_s = (now_s - since_s) / (before - ahead) * ahead
            self._ahead = ahead
        return self._wait_s


def progress(text: Text, wait_s: float = 0) -> str:
    """What there is to say about a text so far; empty while it simply grows."""
    if text.ahead:
        others = "one text goes" if text.ahead == 1 else f"{text.ahead} texts go"
        return note(f"In the queue: {others} first{f', about {_rounded(wait_s)}' if wait_s else ''}.")
    return note(CUT) if text.ended == "length" else ""


def _rounded(wait_s: float) -> str:
    return f"{5 * ceil(wait_s / 5)} seconds" if wait_s <= 60 else f"{ceil(wait_s / 60)} minutes"


def state(now: State) -> str:
    """How far loading is; empty once everything is ready."""
    if now.phase == "ready":
        return ""
    if now.phase == "failed":
        return f'{note(now.said)}<button type="button" data-act="reload">Look again</button>'
    share = round(100 * now.share)
    bar = f'<progress max="100" value="{share}" aria-label="Loading">{share} %</progress>'
    return f"{note(now.said)}{bar}<p>You can fill in the form meanwhile.</p>"
