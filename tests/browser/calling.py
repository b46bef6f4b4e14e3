"""Programs that ask the page: over Gradio's interface, and over MCP."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

TITLE = "How to keep a paper notebook"


def said_to(url: str, data: Any, forwarded: str = "9.9.9.9") -> str:
    """How a call over Gradio's interface ends."""
    address, headers = f"{url}/gradio_api/call/write", {"X-Forwarded-For": forwarded}
    began = httpx.post(address, json={"data": data}, headers=headers)
    if not began.is_success:
        return began.text
    return httpx.get(f"{address}/{began.json()['event_id']}", headers=headers, timeout=20).text


async def ask_as_a_model(url: str, forwarded: str = "9.9.9.9") -> tuple[list[Any], Any]:
    async with (
        httpx.AsyncClient(headers={"X-Forwarded-For": forwarded}, timeout=30) as client,
        streamable_http_client(f"{url}/gradio_api/mcp/", http_client=client) as (reads, writes, _),
        ClientSession(reads, writes) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        return tools, await session.call_tool(tools[0].name, {"title": TITLE, "words": 300})


def leave_the_api(url: str) -> None:
    began = httpx.post(f"{url}/gradio_api/call/write", json={"data": [TITLE, 600]}).json()
    with httpx.stream("GET", f"{url}/gradio_api/call/write/{began['event_id']}") as answer:
        next(answer.iter_lines())


def leave_the_tool(url: str) -> None:
    asked = {"name": "write", "arguments": {"title": TITLE}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": asked}
    accepted = {"Accept": "application/json, text/event-stream"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{url}/gradio_api/mcp/", json=call, headers=accepted, timeout=0.5)


def assert_soon(true: Callable[[], bool]) -> None:
    for _ in range(100):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within five seconds")
