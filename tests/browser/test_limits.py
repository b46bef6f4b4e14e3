"""What one visitor may ask for, and what nobody may: Gradio's interface and MCP."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

import door
from rates import Rates
from tests import hostile, loops
from tests.browser.calling import (
    TITLE,
    ask_as_a_model,
    leave_the_api,
    leave_the_tool,
    said_to,
)
from tests.browser.scripted import BLOG
from tests.scripted_studio import ScriptedStudio
from tests.waiting import wait_for

pytestmark = pytest.mark.slow
Leave = Callable[[str, Callable[[], bool]], None]


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(leave_the_api, id="by Gradio's interface"),
        pytest.param(leave_the_tool, id="as a tool over MCP"),
    ],
)
def test_a_program_that_left_leaves_its_place_in_the_queue(
    page_url: str, one: ScriptedStudio, monkeypatch: pytest.MonkeyPatch, leave: Leave
) -> None:
    monkeypatch.setattr(one, "ahead", 1_000)
    stopped, asked = one.stopped, len(one.orders)
    leave(page_url, lambda: len(one.orders) > asked)
    wait_for(lambda: one.stopped > stopped)


@pytest.fixture
def strict(rates: Rates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each visitor may ask for two texts a minute, and is known by what the proxy adds."""
    monkeypatch.setattr(rates, "per_minute", 2)
    monkeypatch.setattr(door, "BEHIND_PROXY", True)


@pytest.mark.usefixtures("strict")
def test_who_asks_too_often_reads_when_to_go_on(page_url: str, one: ScriptedStudio) -> None:
    for _ in range(2):
        assert "In conclusion" in said_to(page_url, [TITLE, 600], "1.1.1.1, 2.2.2.2")
    said = r"too_many_requests: One visitor may ask for 2 texts a minute: go on in \d+ s\."
    third = said_to(page_url, [TITLE, 600], "7.7.7.7, 2.2.2.2")
    assert re.search(said, third), "what the proxy added last counts"
    assert len(one.orders) == 2
    assert "In conclusion" in said_to(page_url, [TITLE, 600], "2.2.2.2, 3.3.3.3"), (
        "another visitor has its own"
    )


@pytest.mark.usefixtures("strict")
def test_a_tool_is_under_the_same_limits(page_url: str) -> None:
    for _ in range(2):
        assert not loops.run(ask_as_a_model(page_url, "4.4.4.4"))[1].isError
    answer = loops.run(ask_as_a_model(page_url, "4.4.4.4"))[1]
    assert answer.isError
    assert "One visitor may ask for 2 texts a minute" in answer.content[0].text


def test_a_visitor_has_so_many_texts_at_once_and_no_more(
    page_url: str, visitor: Client, one: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "AT_ONCE", 1)
    monkeypatch.setattr(one, "most", 40)
    job = visitor.submit(TITLE, api_name="/write")
    next(job)
    with pytest.raises(AppError, match="1 of your texts are in work already"):
        visitor.predict(TITLE, api_name="/write")
    job.cancel()
    monkeypatch.setattr(one, "most", None)
    wait_for(lambda: "In conclusion" in said_to(page_url, [TITLE, 600]))


def test_strange_values_are_refused_in_words_and_written_of_nowhere(
    page_url: str, one: ScriptedStudio, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts that try to break out are texts; what is none never reaches a writer."""
    monkeypatch.setattr(one, "text", "Done.")
    strange = [*hostile.NUMBERS, *hostile.OTHERS, *hostile.INJECTIONS]
    pairs = [[TITLE, value] for value in strange] + [[value, 600] for value in strange]
    with ThreadPoolExecutor(4) as visitors:
        ends = list(visitors.map(lambda pair: said_to(page_url, pair), pairs))
    for (title, words), ended in zip(pairs, ends, strict=True):
        flawed = any(BLOG.flaws({"title": title, "words": words}).values())
        assert ("event: complete" in ended) == (not flawed), (title, words)
    assert all(set(order.inputs) == {"title", "words"} for order in one.orders)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    "data", [pytest.param([], id="none"), pytest.param(["A private title"] * 3, id="three")]
)
def test_too_few_values_are_refused_and_repeated_nowhere(
    page_url: str, one: ScriptedStudio, capfd: pytest.CaptureFixture[str], data: list[str]
) -> None:
    """As `curl` sends them, and as the page itself asks, whose events take more."""
    events = httpx.get(f"{page_url}/config").json()["dependencies"]
    numbers = [each["id"] for each in events if len(each["inputs"]) > len(data)]
    joined = [{"data": data, "fn_index": number, "session_hash": "few"} for number in numbers]
    answers = [httpx.post(f"{page_url}/gradio_api/queue/join", json=each) for each in joined]
    assert {each.status_code for each in answers} <= {200, 400, 422}
    assert "event: error" in said_to(page_url, data[1:2])
    assert one.orders == []
    captured = capfd.readouterr()
    assert "private" not in captured.out + captured.err


@pytest.mark.parametrize(
    "data",
    [
        pytest.param([], id="nothing"),
        pytest.param("text", id="a text"),
        pytest.param(None, id="null"),
        pytest.param({"title": TITLE}, id="an object"),
    ],
)
def test_what_has_another_shape_is_refused(page_url: str, one: ScriptedStudio, data: Any) -> None:
    assert "In conclusion" not in said_to(page_url, data)
    assert one.orders == []
