"""The page opens where it was told to, on a machine of any speed."""

import asyncio
import socket

import httpx2
import pytest
from gradio import networking
from gradio.http_server import Server

from rates import Rates
from tests.browser.scripted import opened, studio
from tests.waiting import PATIENCE_S
from train.rehearse.ports import free_port

GIVEN_UP_S = 5.5  # after which Gradio takes a server for one that does not start

pytestmark = pytest.mark.slow


def test_a_page_that_answers_late_is_open_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networking, "url_ok", lambda _: False)
    with opened(studio("blog"), Rates()) as url:
        assert httpx2.get(url, timeout=PATIENCE_S).is_success


def test_a_server_that_starts_late_has_the_port_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    port, start = free_port(), Server.startup

    async def start_late(server: Server, sockets: list[socket.socket] | None = None) -> None:
        await asyncio.sleep(GIVEN_UP_S)
        await start(server, sockets)

    monkeypatch.setattr(Server, "startup", start_late)
    monkeypatch.setattr("gradio.http_server.INITIAL_PORT_VALUE", port)
    with opened(studio("blog"), Rates()) as url:
        assert url == f"http://127.0.0.1:{port}"
