"""What visitors of Gradio's interface leave unread, and what becomes of their texts."""

from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.server_messages import EstimationMessage, ProcessCompletedMessage, ProcessGeneratingMessage

import unread
from door import Door
from guard import Blocks
from orders import Order, RefusedError
from rates import Rates
from tests.serviced import studio
from unread import Messages, Unread


def said(text: Any, event: str = "a") -> ProcessGeneratingMessage:
    return ProcessGeneratingMessage(event_id=event, output={"data": [text]}, success=True)


EDIT = [["append", [], " more"]]
DONE = ProcessCompletedMessage(event_id="a", output={"data": ["One two."]}, success=True)
WAITS = EstimationMessage(event_id="a", queue_size=1)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param([said("One"), said("One two")], [said("One two")], id="the newest is enough"),
        pytest.param([said("One"), said(EDIT), said(EDIT)], 3, id="each edit is needed"),
        pytest.param([said("One"), said("Two", "b")], 2, id="texts of two requests"),
        pytest.param(
            [WAITS, said("One"), said("One two"), DONE], [WAITS, said("One two"), DONE], id="the end"
        ),
    ],
)
def test_of_a_text_that_comes_whole_the_newest_is_kept(sent: list[Any], kept: Any) -> None:
    messages = Messages()
    for each in sent:
        messages.put_nowait(each)
    found = [messages.get_nowait() for _ in range(messages.qsize())]
    assert found == (sent if isinstance(kept, int) else kept)


def test_who_was_longest_without_a_message_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unread, "VISITORS", 2)
    visitors = Unread()
    for name in ("ann", "bob"):
        visitors[name] = Messages()
    visitors["ann"].put_nowait(said("One"))
    visitors["cid"] = Messages()
    assert list(visitors) == ["ann", "cid"]
    assert visitors["ann"].qsize() == 1


def test_a_page_keeps_little_unread() -> None:
    with Blocks() as page:
        gr.Markdown("A page.")
    page.queue(max_size=3)
    assert isinstance(page._queue.pending_messages_per_session, Unread)
    assert page._queue.max_size == 3


@pytest.mark.parametrize("left", [3, 4])
def test_a_text_that_nobody_reads_is_stopped(monkeypatch: pytest.MonkeyPatch, left: int) -> None:
    monkeypatch.setattr(unread, "FAR_BEHIND", 3)
    scripted = studio("blog")
    door = Door(scripted, Rates())
    door.unread = Unread()
    door.unread["ann"] = Messages()
    for _ in range(left):
        door.unread["ann"].put_nowait(said(EDIT))
    reader: Any = SimpleNamespace(headers={}, client=None, session_hash="ann")
    texts = door.write(reader, Order("blog", {"title": "T", "words": 80}))
    if left <= 3:
        assert len(list(texts)) > 1
        return
    with pytest.raises(RefusedError, match="read for a while"):
        next(texts)
    assert scripted.stopped == 1
