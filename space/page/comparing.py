"""Comparing: two versions write from the same request and the same seed, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from door import Door
from orders import BASE, Studio
from page import asks, said, writing
from page.asks import PRIVATE, Asks
from release import Served

SIDES = ("left", "right")
HEAD = f"<h2 data-version></h2>{writing.COUNT}"
TOGGLE = """<label><input type="checkbox" data-act="differences" checked> Mark differences</label>
<span data-differences></span>
<button type="button" data-act="link">Copy link</button>"""


@dataclass(frozen=True)
class Pair:
    """Two sheets, and what asks for them."""

    writer: str
    asked: Asks  # its version is the left one's
    right: Any
    write: gr.Button
    stop: gr.Button
    invitation: gr.HTML
    papers: list[gr.Markdown]
    notes: list[gr.HTML]
    ways: Any  # the tabs among which it is one

    @property
    def choices(self) -> list[Any]:
        """Where a version is chosen."""
        return [self.asked.version, self.right]

    @property
    def sent(self) -> dict[str, Any]:
        """What goes to the server, by name."""
        return self.asked.sent | {"right": self.right}

    @property
    def reopened(self) -> list[Any]:
        """What a link, or a reload, fills."""
        return [*self.sent.values(), self.invitation, self.ways, *self.papers]


def build(door: Door, served: Served, ways: gr.Tabs, group: dict[str, Any]) -> Pair:
    """One writer's two sheets; `group` says how many texts may be in work."""
    with gr.Column(elem_classes="pair", elem_id=f"{served.name}-compare"):
        pair = _lay_out(door.studio, served, ways)
    _connect(pair, door, served.name, group)
    return pair


def _lay_out(studio: Studio, served: Served, ways: gr.Tabs) -> Pair:
    form, known = studio.forms[served.name], studio.versions(served.name)
    with gr.Column(elem_classes="asks"):
        with gr.Row():
            with gr.Column(scale=3, min_width=260):
                fields = {name: asks.field(name, each) for name, each in form.inputs.items()}
            with gr.Column(scale=2, min_width=260):
                left = asks.versions(known, "Left version", served.version)
                right = asks.versions(known, "Right version", BASE)  # always here, and what an adapter adds
        with gr.Accordion("Settings", open=False, elem_classes="fold"):
            settings = asks.settings(form)
        with gr.Row(elem_classes="buttons"):
            write = asks.button("Compare", studio, served.name)
            stop = gr.Button("Stop", variant="stop", elem_classes="stop", visible=False)
        invitation = gr.HTML("", elem_classes="note")
    gr.HTML(TOGGLE, elem_classes="toggle")
    with gr.Row(elem_classes="sheets"):
        papers, notes = zip(*(_sheet(served.name, side) for side in SIDES), strict=True)
    asked = Asks(fields, left, settings)
    return Pair(served.name, asked, right, write, stop, invitation, list(papers), list(notes), ways)


def _sheet(writer: str, side: str) -> tuple[gr.Markdown, gr.HTML]:
    with gr.Column(min_width=280, elem_classes=["side", side]):
        gr.HTML(HEAD, elem_classes="sidehead", js_on_load=f"imprint.nameSides('{writer}')")
        note = gr.HTML("", elem_classes="note")
        return gr.Markdown(elem_classes="paper", container=True, show_label=False), note


def _connect(pair: Pair, door: Door, writer: str, group: dict[str, Any]) -> None:
    def check(**asked: object) -> list[dict[str, Any]]:
        return asks.checked(door.studio.forms[writer], asked)

    sheets = [*pair.papers, *pair.notes, pair.invitation]
    buttons = [pair.write, pair.stop]
    ways: Any = {
        "inputs_kwargs": pair.sent,
        "outputs": [*buttons, *sheets],
        "validator": check,
        "preprocess": False,
    }
    begun = pair.write.click(_begin, **ways, **PRIVATE)
    begun.success(None, list(pair.sent.values()), None, js=_js(writer, "both", "...values"), **PRIVATE)
    sides = [_side(pair, door, writer, index, begun, group) for index in range(len(SIDES))]
    pair.stop.click(None, None, buttons, cancels=sides, js=_js(writer, "bothEnd"), **PRIVATE)
    for choice in pair.choices:
        choice.change(None, pair.choices, None, js=_js(writer, "chosenSides", "...versions"), **PRIVATE)
    pair.invitation.change(None, pair.invitation, None, js="imprint.announceNote", **PRIVATE)


def _side(pair: Pair, door: Door, writer: str, index: int, begun: Any, group: dict[str, Any]) -> Any:
    key, side = ("version", "right")[index], SIDES[index]
    paper, note, buttons = pair.papers[index], pair.notes[index], [pair.write, pair.stop]

    def answer(request: gr.Request, **asked: Any) -> Iterator[tuple[Any, str]]:
        yield gr.skip(), said.beginning()
        yield from writing.answers(door, request, writer, asked | {"version": asked[key]})

    begun_side: Any = begun.success(
        answer, inputs_kwargs=pair.sent, outputs=[paper, note], preprocess=False, **PRIVATE, **group
    )
    begun_side.then(None, None, buttons, js=_js(writer, "sideEnd", side=side), **PRIVATE)
    begun_side.failure(None, None, [*buttons, note], js=_js(writer, "sideFailed", side=side), **PRIVATE)
    paper.change(None, paper, None, js=_js(writer, "sideFollow", "text", side), **PRIVATE)
    note.change(None, note, None, js="imprint.announceNote", **PRIVATE)
    return begun_side


def _js(writer: str, call: str, takes: str = "", side: str = "") -> str:
    given = ", ".join(filter(None, [f"'{writer}'", side and f"'{side}'", takes]))
    return f"({takes}) => imprint.{call}({given})"


def _begin(**_: object) -> Any:
    write, stop, paper, note = writing.begin()
    return write, stop, paper, paper, note, note, ""
