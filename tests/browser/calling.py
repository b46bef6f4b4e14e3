"""Programs that ask the page: over Gradio's interface, and over MCP."""

import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import httpx
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from tests.waiting import PATIENCE_S, wait_for

TITLE = "How to keep a paper notebook"


def said_to(url: str, data: Any, forwarded: str = "9.9.9.9") -> str:
    """How a call over Gradio's interface ends."""
    address, headers = f"{url}/gradio_api/call/write", {"X-Forwarded-For": forwarded}
    began = httpx.post(address, json={"data": data}, headers=headers, timeout=PATIENCE_S)
    if not began.is_success:
        return began.text
    return httpx.get(f"{address}/{began.json()['event_id']}", headers=headers, timeout=PATIENCE_S).text


async def ask_as_a_model(url: str, forwarded: str = "9.9.9.9") -> tuple[list[Any], Any]:
    async with (
        httpx.AsyncClient(headers={"X-Forwarded-For": forwarded}, timeout=PATIENCE_S) as client,
        streamable_http_client(f"{url}/gradio_api/mcp/", http_client=client) as (reads, writes, _),
        ClientSession(reads, writes) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        return tools, await session.call_tool(tools[0].name, {"title": TITLE, "words": 300})


def leave_the_api(url: str, is_asked: Callable[[], bool]) -> None:
    began = httpx.post(f"{url}/gradio_api/call/write", json={"data": [TITLE, 600]}, timeout=PATIENCE_S).json()
    with httpx.stream(
        "GET", f"{url}/gradio_api/call/write/{began['event_id']}", timeout=PATIENCE_S
    ) as answer:
        next(answer.iter_lines())
        wait_for(is_asked)


def leave_the_tool(url: str, is_asked: Callable[[], bool]) -> None:
    asked = {"name": "write", "arguments": {"title": TITLE}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    program = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    program.request("POST", "/gradio_api/mcp/", json.dumps(call), headers)
    wait_for(is_asked)
    program.close()
