"""A Space is asked for one text, once it runs the very commit that was released."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Literal

import httpx2
from huggingface_hub import SpaceRuntime, get_session, get_token
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils._http import hf_raise_for_status

from train.patience import asked, rest, words
from train.release.repository import Repository
from train.tune.report import Writer

API = "/gradio_api"
PATIENCE_S = 1800.0  # a Space on a free CPU installs PyTorch and fetches its base first
LATE_S = 20.0  # for so long the Hub may still show what was before
_PAUSES_S = (0.25, 0.25, 0.5, 0.5, 1.0, 1.0, 2.0)
_RESTING = {"PAUSED": "it is paused", "STOPPED": "it is stopped", "SLEEPING": "it sleeps"}
_BROKEN = ("NO_APP_FILE", "CONFIG_ERROR", "BUILD_ERROR", "RUNTIME_ERROR")
_PASSING = ("loading", "busy")  # codes of an app that will answer
_LAST_LINES = 5


class _NotYetError(Exception):
    """The app is open, and says that its writer cannot be asked yet."""


@dataclass(frozen=True)
class Question:
    """What a Space is asked: one writer's first example, and how it is known which version answers."""

    writer: str
    inputs: Mapping[str, str | int]
    adapter_revision: str


@dataclass(frozen=True)
class Heard:
    """What came of it: the text, or why nobody could be asked here, or what is wrong."""

    how: Literal["answered", "not asked", "failed", "overtaken"]
    words: str


def question(writer: Writer, adapter_revision: str) -> Question:
    """The first example of a writer with the defaults of its other inputs."""
    others = {name: each.default for name, each in writer.inputs.items() if each.default is not None}
    example = writer.inputs[writer.message].examples[0]
    return Question(writer.name, {**others, writer.message: example}, adapter_revision)


def hear(space: Repository, commit: str, asks: Question, is_live: Callable[[], bool]) -> Heard:
    """What the Space says once it runs `commit`; it never will when `main` is another one by then.

    A workflow's token may not be allowed to read the runtime: then the app's own `/version` has to tell
    that the new commit is up, and if it does not say, the Space counts as not asked.
    """
    began, tried, told = monotonic(), 0, ""
    while (waited_s := monotonic() - began) < PATIENCE_S:
        heard = _look(space, commit, asks, waited_s)
        if isinstance(heard, Heard):
            return heard
        if not is_live():
            return Heard("overtaken", "its main has moved on since")
        if heard != told:
            print(f"space    {space.id}  {heard}", file=sys.stderr, flush=True)
        told, tried = heard, tried + 1
        rest(_PAUSES_S[min(tried, len(_PAUSES_S)) - 1])
    return Heard("failed", f"it has not started within {PATIENCE_S / 60:.0f} minutes")


def _look(space: Repository, commit: str, asks: Question, waited_s: float) -> Heard | str:
    """What there is to say now, or what the Space is busy with."""
    runtime = _runtime(space)
    if runtime is None:
        return _without_runtime(space, asks, waited_s)
    runs, stage = runtime.raw.get("sha"), str(runtime.stage)
    said = str(runtime.raw.get("errorMessage") or "").strip().rstrip(".")
    if stage in _RESTING and (stage == "PAUSED" or said or waited_s > LATE_S):
        return Heard("not asked", said or _RESTING[stage])
    if stage in _BROKEN and (runs == commit or waited_s > LATE_S):
        return Heard("failed", f"{stage}{_log(space, build=stage != 'RUNTIME_ERROR')}")
    if stage != "RUNNING" or (runs and runs != commit):
        return f"is {stage}" + (f" at {runs[:7]}, not yet {commit[:7]}" if runs and runs != commit else "")
    if runs is None:
        return _without_runtime(space, asks, waited_s)
    return _ask(space, asks)


def _runtime(space: Repository) -> SpaceRuntime | None:
    try:
        return asked(lambda: space.api.get_space_runtime(space.id))
    except HfHubHTTPError as error:
        if error.response.status_code in (401, 403):
            return None
        raise


def _without_runtime(space: Repository, asks: Question, waited_s: float) -> Heard | str:
    serves = _serves(_Door.of(space), asks.adapter_revision)
    if serves:
        return _ask(space, asks)
    if waited_s < (LATE_S if serves is None else PATIENCE_S):
        return "does not serve this version yet"
    return Heard("not asked", "this account cannot see which commit it runs")


@dataclass(frozen=True)
class _Door:
    """Where a Space's app is, and what opens it if it is private."""

    host: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, space: Repository) -> "_Door":
        info = asked(lambda: space.api.space_info(space.id))
        token = (space.api.token or get_token()) if info.private else None
        host = str(info.host or "").rstrip("/")
        return cls(host, {"Authorization": f"Bearer {token}"} if token else {})

    def get(self, path: str) -> httpx2.Response:
        return get_session().get(self.host + path, headers=self.headers)


def _serves(door: _Door, adapter_revision: str) -> bool | None:
    """Whether the app says that it serves this adapter; None if it says nothing of the kind."""
    try:
        answer = door.get("/version")
    except httpx2.HTTPError:
        return None
    return adapter_revision in answer.text if answer.is_success and "revision" in answer.text else None


def _ask(space: Repository, asks: Question) -> Heard | str:
    door = _Door.of(space)
    before = _health(door)
    if (state := busy(before, asks.writer)) is not None:
        return state
    try:
        text = asked(lambda: _written(door, asks))
    except _NotYetError as error:
        return str(error)
    except (httpx2.HTTPError, HfHubHTTPError, LookupError, TypeError, ValueError) as error:
        after = _health(door)
        if (state := busy(after, asks.writer)) is not None:
            return state
        if after is not None and after.is_success and not (before is not None and before.is_success):
            return "has opened just now"  # its page was, and its service not quite
        return Heard("failed", f"it did not answer: {words(error)}{_log(space, build=False)}")
    if not text.strip():
        return Heard("failed", "it wrote nothing")
    return Heard("answered", text)


def _health(door: _Door) -> httpx2.Response | None:
    """What the app says of itself, if it says anything."""
    try:
        return door.get("/health")
    except httpx2.HTTPError:
        return None


def busy(health: httpx2.Response | None, writer: str) -> Heard | str | None:
    """What the app is still busy with; it may be open to visitors long before its writer is loaded."""
    if health is None:
        return None
    told = _told(health)
    if health.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
        left_out = told.get("failed")
        why = left_out.get(writer) if isinstance(left_out, dict) else None
        return Heard("failed", str(why)) if why else None
    message = str(told.get("message") or "").strip()
    if told.get("state") == "failed":
        return Heard("failed", message or "it has failed, and does not say why")
    return message or "is loading"


def _told(health: httpx2.Response) -> dict[str, object]:
    """What the app says of its state; nothing where the Hub has a page of its own in its place."""
    try:
        found = health.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _written(door: _Door, asks: Question) -> str:
    """What the writer gives for the question, asked as any client of gradio's interface does."""
    described = _passed(door.get(f"{API}/info")).json()
    name = f"/write_{asks.writer}"  # where several are served
    name = name if name in described["named_endpoints"] else "/write"
    takes = described["named_endpoints"][name]["parameters"]
    data = [asks.inputs.get(each["parameter_name"], each.get("parameter_default")) for each in takes]
    call = f"{door.host}{API}/call{name}"
    begun = get_session().post(call, json={"data": data}, headers=door.headers)
    with get_session().stream(
        "GET", f"{call}/{_passed(begun).json()['event_id']}", headers=door.headers
    ) as answer:
        return _last(answer.iter_lines())


def _passed(answer: httpx2.Response) -> httpx2.Response:
    """The answer, unless it is a refusal."""
    hf_raise_for_status(answer)
    return answer


def _last(lines: Iterator[str]) -> str:
    """The text of the event that ends the stream."""
    event = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data" and event == "complete":
            return str(json.loads(value)[0])
        elif name == "data" and event == "error":
            raise _ended(value)
    raise ValueError("it broke off")


def _ended(error: str) -> Exception:
    """What an event says that ends a stream without a text."""
    told = json.loads(error)
    code, _, said = str(told["error"] if isinstance(told, dict) else told).partition(": ")
    return _NotYetError(said) if code in _PASSING else ValueError(f"it ended with an error: {error}")


def _log(space: Repository, *, build: bool) -> str:
    """The last lines of a Space's log, if this account may read it."""
    try:
        lines = list(space.api.fetch_space_logs(space.id, build=build))
    except (HfHubHTTPError, httpx2.HTTPError, OSError):
        return ""
    said = [line.strip() for line in lines if line.strip()][-_LAST_LINES:]
    return "".join(f"\n  {line}" for line in said)
