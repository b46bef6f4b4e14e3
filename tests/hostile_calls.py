"""Requests by the same somebody to Gradio's own addresses, and over MCP."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from tests.hostile import MARKER, TYPES, Hostile, text, value

GRADIO = "/gradio_api"
BOTH = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
NAMES = ["write_blog", "write_humanizer", "begin", "look", "predict", MARKER, "%00", "..%2f..%2f"]
NUMBERS: list[Any] = [*range(60), -1, 10**9, 10**400, MARKER, None, 1.5, []]
SESSIONS: list[Any] = ["s", MARKER, "x" * 5_000, "a/b", None, 3, {}]
EXTRAS = ["fn_index", "session_hash", "event_id", "trigger_id", "event_data", "batched", "simple_format"]
POSTS = [
    *("cancel", "reset", "upload", "component_server", "stream/x", "stream/x/close", "process_recording"),
    *("vibe-edit", "undo-vibe-edit", "run-history/connect", "queue/join", "call/", "queue/data", MARKER),
]
GETS = [
    *(f"{GRADIO}/file=/etc/passwd", f"{GRADIO}/file=..%2f..%2fetc%2fpasswd", f"{GRADIO}/file=%00"),
    *(f"{GRADIO}/proxy=http://elsewhere.example/{MARKER}", f"{GRADIO}/custom_component/x/y/z/{MARKER}"),
    *(f"{GRADIO}/upload_progress?upload_id={MARKER}", f"{GRADIO}/deep_link?session_hash={MARKER}"),
    *(f"{GRADIO}/stream/s/r/3/playlist.m3u8", f"{GRADIO}/stream/s/r/x/seg.ts", f"{GRADIO}/dev/reload"),
    *(
        f"{GRADIO}/info",
        f"{GRADIO}/openapi.json",
        f"{GRADIO}/app_id",
        f"{GRADIO}/mcp/schema",
        f"{GRADIO}/user",
    ),
    *("/config", "/theme.css", f"/?deep_link={MARKER}", f"/{MARKER}", "/monitoring", f"/monitoring/{MARKER}"),
    *(f"/static/{MARKER}", "/static/%00", f"/assets/{MARKER}", f"/svelte/{MARKER}", f"/pwa_icon/{MARKER}"),
    *("/login", "/logout", "/manifest.json", "/robots.txt", f"{GRADIO}/runs", "/" + "x" * 3_000),
]
CALLS = [
    "tools/call",
    "tools/list",
    "initialize",
    "resources/read",
    "prompts/get",
    "ping",
    "logging/setLevel",
]
MESSAGES: list[Any] = [*CALLS, *CALLS[:1] * 6, "notifications/cancelled", MARKER, None, 3]


def requests(count: int, seed: int) -> list[Hostile]:
    """So many requests, the same for the same seed."""
    draw = Random(seed)
    return [_halved(draw, draw.choice(KINDS)(draw)) for _ in range(count)]


def _halved(draw: Random, asked: Hostile) -> Hostile:
    """Now and then a body ends too early, or says that it is something else."""
    if draw.random() < 0.9:
        return asked
    headers = asked.headers | {"Content-Type": draw.choice([*TYPES, "application/json"])}
    return Hostile(asked.method, asked.path, headers, asked.body[: len(asked.body) // 2])


def _posted(path: str, sent: Any) -> Hostile:
    return Hostile("POST", path, BOTH, json.dumps(sent).encode())


def _values(draw: Random) -> list[Any]:
    count = draw.choice([0, 1, 1, 2, 2, 3, 7, 8, 9, 100])
    return [text(draw) if draw.random() < 0.4 else value(draw) for _ in range(count)]


def _call(draw: Random) -> Hostile:
    """What `curl` sends, with too few values, too many and strange ones."""
    extra = {draw.choice(EXTRAS): value(draw)} if draw.random() < 0.3 else {}
    return _posted(f"{GRADIO}/call/{draw.choice([*NAMES[:2] * 4, *NAMES])}", {"data": _values(draw)} | extra)


def _call_by_name(draw: Random) -> Hostile:
    names = draw.sample(["title", "words", "formal", MARKER, "who_asks"], draw.randint(0, 3))
    sent = {name: draw.choice([value, text])(draw) for name in names}
    return _posted(f"{GRADIO}/call/v2/{draw.choice(NAMES)}", sent)


def _run(draw: Random) -> Hostile:
    """Past the queue."""
    sent = {"data": _values(draw), "fn_index": draw.choice(NUMBERS), "session_hash": draw.choice(SESSIONS)}
    return _posted(f"{GRADIO}/{draw.choice(['run', 'run', 'api'])}/{draw.choice(NAMES)}", sent)


def _join(draw: Random) -> Hostile:
    """As the page itself asks, for any of its events."""
    sent = {"data": _values(draw), "fn_index": draw.choice(NUMBERS), "session_hash": draw.choice(SESSIONS)}
    extra = {draw.choice(EXTRAS): value(draw)} if draw.random() < 0.3 else {}
    return _posted(f"{GRADIO}/queue/join", sent | extra)


def _post(draw: Random) -> Hostile:
    names = draw.sample([*EXTRAS, "data", "component_id", "fn_name"], draw.randint(0, 6))
    return _posted(f"{GRADIO}/{draw.choice(POSTS)}", {name: value(draw) for name in names})


def _get(draw: Random) -> Hostile:
    return Hostile(draw.choice(["GET", "GET", "HEAD", "POST", "PUT", "OPTIONS"]), draw.choice(GETS), {}, b"")


def _message(draw: Random) -> Hostile:
    """To the tools of language models."""
    arguments: Any = draw.choice(
        [{"title": value(draw), "words": value(draw)}, {MARKER: MARKER}, [], None, MARKER]
    )
    called = {"name": draw.choice([*NAMES, None]), "arguments": arguments}
    params = draw.choice([called, called, {"uri": MARKER}, {"name": MARKER}, MARKER, None, {}])
    ids: dict[str, Any] = {
        "jsonrpc": draw.choice(["2.0", "2.0", "1.0", None]),
        "id": draw.choice([1, 1, None, MARKER, [], 1.5]),
    }
    return _posted(f"{GRADIO}/mcp/", ids | {"method": draw.choice(MESSAGES), "params": params})


KINDS: list[Callable[[Random], Hostile]] = [
    _call,
    _call,
    _call_by_name,
    _run,
    _join,
    _join,
    _post,
    _get,
    _message,
]
