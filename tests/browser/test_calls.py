"""The page as programs meet it: `gradio_client`, and MCP."""

import json
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from orders import RefusedError
from tests import loops
from tests.browser.calling import TITLE, ask_as_a_model
from tests.browser.scripted import FORMAL, NATURAL, TEXT
from tests.scripted_studio import ScriptedStudio
from tests.waiting import PATIENCE_S, wait_for

pytestmark = pytest.mark.slow


def test_one_endpoint_is_public(visitor: Client) -> None:
    described: Any = visitor.view_api(return_format="dict", print_info=False)
    assert list(described["named_endpoints"]) == ["/write"]
    assert described["unnamed_endpoints"] == {}
    names = [each["parameter_name"] for each in described["named_endpoints"]["/write"]["parameters"]]
    assert names == ["title", "words"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"title": TITLE, "words": 600}, id="by name"),
        pytest.param({"title": TITLE, "words": "600"}, id="with a number as text"),
        pytest.param({"title": TITLE}, id="without what has a default"),
    ],
)
def test_write_answers_with_the_markdown(visitor: Client, one: ScriptedStudio, asked: dict[str, Any]) -> None:
    assert visitor.predict(**asked, api_name="/write") == f"# {TITLE}\n\n{TEXT}"
    assert one.orders[-1].inputs == {"title": TITLE, "words": 600}


def test_a_text_comes_word_by_word_and_can_be_cancelled(
    visitor: Client, one: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one, "pause_s", 0.02)
    monkeypatch.setattr(one, "most", 100)
    before = one.stopped
    job = visitor.submit(TITLE, api_name="/write")
    texts = [next(job) for _ in range(3)]
    assert texts[0] in texts[1] in texts[2]
    job.cancel()
    wait_for(lambda: one.stopped > before)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param(("", 600), "title: Please write something here first.", id="no title"),
        pytest.param(("x" * 201, 600), "title: 201 characters are too many: 200 at most.", id="a long title"),
        pytest.param((TITLE, 601), "words: Choose one of 300, 600, 1000.", id="another limit"),
        pytest.param(({"a": 1}, None), "title: Please write something here first.", id="no text"),
    ],
)
def test_who_skips_the_form_meets_its_limits(visitor: Client, asked: tuple[Any, Any], said: str) -> None:
    with pytest.raises(AppError, match=said):
        visitor.predict(*asked, api_name="/write")


def test_a_refusal_has_its_code(
    visitor: Client, one: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one, "refusal", RefusedError("busy", "Too many texts are asked for."))
    with pytest.raises(AppError, match=r"busy: Too many texts are asked for\."):
        visitor.predict(TITLE, 600, api_name="/write")


def test_a_desk_that_is_called_past_its_page_keeps_its_limits(page_url: str, one: ScriptedStudio) -> None:
    """The page's own endpoints have no name, but a number that anybody can count to."""
    config = httpx.get(f"{page_url}/config").json()
    bad = {"title": "x" * 5000, "words": -1, "version": "../..", "seed": 1e300, "temperature": 99.0}
    values = [*bad.values(), 7, "much"]
    before = len(one.orders)
    for each in config["dependencies"]:
        if each["backend_fn"] and len(each["inputs"]) in (len(values), len(values) + 1):
            data = [*values, "v9"][: len(each["inputs"])]
            sent = {"data": data, "fn_index": each["id"], "session_hash": "s"}
            assert httpx.post(f"{page_url}/gradio_api/queue/join", json=sent).status_code in (200, 422)
    ended = httpx.get(
        f"{page_url}/gradio_api/queue/data", params={"session_hash": "s"}, timeout=PATIENCE_S
    ).text
    assert "characters are too many" in ended
    assert len(one.orders) == before


def test_several_writers_have_an_endpoint_each(several_url: str) -> None:
    visitor = Client(several_url, verbose=False)
    assert visitor.predict(formal=FORMAL, api_name="/write_humanizer") == NATURAL
    assert visitor.predict(title=TITLE, api_name="/write_blog").startswith(f"# {TITLE}")


def test_the_writer_is_a_tool_for_language_models(page_url: str) -> None:
    (tool,), answer = loops.run(ask_as_a_model(page_url))
    assert tool.name.endswith("write")
    assert tool.description.startswith("Title to blog post. Write a text with a small")
    assert sorted(tool.inputSchema["properties"]) == ["title", "words"]
    assert "Blog title, at most 200 characters." in json.dumps(tool.inputSchema)
    assert answer.content[0].text == f"# {TITLE}\n\n{TEXT}"
