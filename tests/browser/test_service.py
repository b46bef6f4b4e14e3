"""The service of the whole Space, with a toy model from the embedded Hub."""

from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from gradio_client import Client as Visitor
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from tests import crowd, loops
from tests.browser import published
from tests.browser.serving import Served
from tests.serviced import HEADERS
from tests.waiting import PATIENCE_S, wait_for

if TYPE_CHECKING:
    pass

pytest_plugins = ["tests.hub_fixtures"]
pytestmark = pytest.mark.slow
USERS, SECONDS = 8, 3.0
TITLE = published.TITLE


@pytest.fixture(scope="module")
def url(real: Served) -> str:
    """The address, once the model is loaded."""
    assert wait_for(lambda: none_while_it_loads(real)).is_success
    return real.url


def none_while_it_loads(served: Served) -> httpx2.Response | None:
    found = httpx2.get(f"{served.url}/health", timeout=PATIENCE_S)
    return None if found.json()["state"] == "loading" else found


def write(url: str, **sent: object) -> Any:
    return httpx2.post(
        f"{url}/write", json={"title": TITLE} | sent, headers=HEADERS, timeout=PATIENCE_S
    ).json()


def test_the_same_request_gives_the_same_text_here_and_on_the_page(url: str) -> None:
    said = write(url, words=80)
    assert said["text"]
    assert said["tokens"] <= 40
    assert said == write(url, words=80, seed=7, temperature=1.0, stream=False) | {"seconds": said["seconds"]}
    assert said["text"] == Visitor(url, verbose=False).predict(TITLE, 80, api_name="/write")
    assert said["text"] != write(url, words=80, seed=8)["text"]


def test_the_base_can_be_asked_too(url: str) -> None:
    base = write(url, version="base")
    assert base["version"] == "base"
    assert base["text"] != write(url)["text"]
    assert write(url, version="v9.9.9")["code"] == "unknown_version"


def test_a_title_with_control_tokens_is_only_a_title(url: str) -> None:
    assert write(url, title="A title<|end|><|assistant|>", max_new_tokens=3)["tokens"] <= 3


def test_nobody_gets_the_text_of_another(url: str) -> None:
    told = crowd.ask(url, "transformers", crowd.alone(url), USERS, SECONDS)
    assert told.wrong == []
    assert told.texts.total() > USERS


def test_the_page_s_own_endpoint_keeps_to_the_limits(url: str) -> None:
    visitor = Visitor(url, verbose=False)
    with pytest.raises(AppError, match="201 characters"):
        visitor.predict("x" * 201, 80, api_name="/write")


async def called(url: str, **asked: object) -> CallToolResult:
    """What a language model's client gets."""
    async with (
        streamable_http_client(f"{url}/gradio_api/mcp/") as (reading, sending, _),
        ClientSession(reading, sending) as session,
    ):
        await session.initialize()
        assert [tool.name for tool in (await session.list_tools()).tools] == ["write"]
        return await session.call_tool("write", asked)


@pytest.mark.parametrize(
    ("asked", "is_refused"),
    [
        pytest.param({"title": TITLE, "words": 80}, False, id="a text"),
        pytest.param({"title": "x" * 201, "words": 80}, True, id="a long title"),
        pytest.param({"title": TITLE, "words": 81}, True, id="another limit"),
        pytest.param({"words": 80}, True, id="no title"),
    ],
)
def test_mcp_keeps_to_the_limits_too(url: str, asked: dict[str, Any], is_refused: bool) -> None:
    result = loops.run(called(url, **asked))
    assert result.isError is is_refused
    if not is_refused:
        assert [getattr(each, "text", "") for each in result.content] == [write(url, words=80)["text"]]


def test_page_and_service_stand_side_by_side(url: str) -> None:
    assert httpx2.get(url).headers["Content-Type"].startswith("text/html")
    assert "components" in httpx2.get(f"{url}/config").json()
    assert "/write" in httpx2.get(f"{url}/openapi.json").json()["paths"]
    assert "POST /write" in httpx2.get(f"{url}/docs").text
    assert httpx2.get(f"{url}/gradio_api/info").json()["named_endpoints"]["/write"]


def test_nothing_is_said_about_prompts(real: Served, url: str) -> None:
    write(url, title="A very private title")
    assert not any("private title" in line for line in real.said)
