"""Writing: a form beside a sheet of paper, on which the text grows."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from door import Door
from form import Form
from orders import RefusedError, Studio, Text
from page import asks, said
from page.asks import PRIVATE, Asks
from release import Served

PACE_S = 0.04
LIVELY = 0.7  # the temperature at which another text is written where this one's is 0
PURPOSE = (
    "It says a stiff text the way people talk, and it can change what you meant: read before you use it. "
    "It is not for hiding from a teacher, an editor or a detector that a machine helped: "
    "nothing here is made or measured for that."
)
TOOLS = """<div class="tools">
<button type="button" data-tool="again">Write another
<span data-still{hidden}>at temperature {lively}</span></button>
<button type="button" data-act="copy">Copy</button>
<button type="button" data-act="download">Download .md</button>
<button type="button" data-act="link">Copy link</button>
</div>"""
TOOLS_ON_LOAD = "element.querySelector('[data-tool]').addEventListener('click', () => trigger('again'))"
SOURCE = '<pre tabindex="0" role="region" aria-label="Source" data-source></pre>'
CHANGES = '<div class="changes" data-changes></div>'
COUNT = "<span data-count></span>"


@dataclass(frozen=True)
class Desk:
    """What moves on the page."""

    writer: str
    asked: Asks
    write: gr.Button
    stop: gr.Button
    paper: gr.Markdown
    note: gr.HTML
    tools: Any
    history: Any

    @property
    def choices(self) -> list[Any]:
        """Where a version is chosen."""
        return [self.asked.version]

    @property
    def reopened(self) -> list[Any]:
        """What a link or an entry of the history fills."""
        return [*self.asked.sent.values(), self.paper, self.note]


def build(door: Door, served: Served, group: dict[str, Any]) -> Desk:
    """One writer's desk; `group` says how many texts may be in work."""
    with gr.Row(elem_classes="desk", elem_id=f"{served.name}-write"):
        desk = _lay_out(door.studio, served)
    _connect(desk, door, served.name, group)
    _remember(desk, served.name)
    return desk


def _lay_out(studio: Studio, served: Served) -> Desk:
    form = studio.forms[served.name]
    with gr.Column(scale=2, min_width=280, elem_classes="asks"):
        fields = {name: asks.field(name, each) for name, each in form.inputs.items()}
        with gr.Row(elem_classes="buttons"):
            write = asks.button(verb(form), studio, served.name)
            stop = gr.Button("Stop", variant="stop", elem_classes="stop", visible=False)
        note = gr.HTML("", elem_classes="note")
        asks.examples(form.inputs[form.message], fields[form.message])
        with gr.Accordion("Settings", open=False, elem_classes="fold"):
            version = asks.versions(studio.versions(served.name), "Version", served.version)
            asked = Asks(fields, version, asks.settings(form))
        with gr.Accordion("Written in this browser", open=False, elem_classes="fold"):
            history = gr.HTML("", js_on_load=f"imprint.remember('{served.name}', element, trigger, 'open')")
    with gr.Column(scale=3, min_width=280, elem_classes="result"):
        paper = _sheet(form, served.name)
        tools: Any = gr.HTML(_tools(form), js_on_load=TOOLS_ON_LOAD)
    return Desk(served.name, asked, write, stop, paper, note, tools, history)


def _tools(form: Form) -> str:
    return TOOLS.format(lively=LIVELY, hidden=" hidden" if form.decoding.temperature else "")


def verb(form: Form) -> str:
    """What this writer does, as its tab and its button say."""
    return "Rewrite" if form.rewrites else "Write"


def _sheet(form: Form, writer: str) -> gr.Markdown:
    shown = f"imprint.shown('{writer}')"  # a tab's content comes to be when it is first looked at
    with gr.Tabs(overflow_behavior="wrap"):
        with gr.Tab("Text", render_children=True):
            paper = gr.Markdown(elem_classes="paper", container=True, show_label=False)
            if form.rewrites:
                gr.HTML('<div class="kept" data-kept></div>')
        if form.rewrites:
            with gr.Tab("Differences", render_children=True):
                gr.HTML(CHANGES, elem_classes="sheet", js_on_load=shown)
        with gr.Tab("Source", render_children=True):
            gr.HTML(SOURCE, elem_classes="sheet", js_on_load=shown)
    gr.HTML(COUNT, elem_classes="count")
    return paper


def _connect(desk: Desk, door: Door, writer: str, group: dict[str, Any]) -> None:
    form, sent = door.studio.forms[writer], desk.asked.sent

    def check(**asked: object) -> list[dict[str, Any]]:
        return asks.checked(form, asked)

    def answer(request: gr.Request, **asked: Any) -> Iterator[tuple[Any, str]]:
        yield gr.skip(), said.beginning()
        yield from answers(door, request, writer, asked)

    ways = [desk.write.click, *([] if form.rewrites else [desk.asked.fields[form.message].submit])]
    sheet = [desk.paper, desk.note]
    begun = gr.on(
        ways,
        begin,
        inputs_kwargs=sent,
        outputs=[desk.write, desk.stop, *sheet],
        validator=check,
        preprocess=False,
        **PRIVATE,
    )
    start = f"(...values) => imprint.begin('{writer}', values)"
    writing = begun.success(
        answer, inputs_kwargs=sent, outputs=sheet, js=start, preprocess=False, **PRIVATE, **group
    )
    _finish(desk, writing, writer)


def _finish(desk: Desk, writing: Any, writer: str) -> None:
    """Let the scripts know of each text, and of every way in which it ends."""
    buttons = [desk.write, desk.stop]
    ended = f"text => imprint.end('{writer}', text)"
    failed = f"text => imprint.failed('{writer}', text)"
    stopped = f"text => imprint.end('{writer}', text, true)"
    grown = f"text => imprint.follow('{writer}', text)"
    writing.then(None, desk.paper, buttons, js=ended, **PRIVATE)
    writing.failure(None, desk.paper, [*buttons, desk.note], js=failed, **PRIVATE)
    desk.stop.click(None, desk.paper, buttons, cancels=[writing], js=stopped, **PRIVATE)
    desk.paper.change(None, desk.paper, None, js=grown, **PRIVATE)
    desk.note.change(None, desk.note, None, js="imprint.announceNote", **PRIVATE)


def answers(door: Door, request: gr.Request, writer: str, asked: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """The text as it grows, and what there is to say about it; who skips the form meets its limits here."""
    form = door.studio.forms[writer]
    flaws = asks.flaws(form, door.studio.versions(writer), asked)
    if flaws:
        yield gr.skip(), said.note(" ".join(flaws))
        return
    turn = said.Turn()
    try:
        for text in paced(door.write(request, asks.order(writer, form, asked))):
            yield text.text, said.progress(text, turn.wait_s(text.ahead, time.monotonic()))
    except RefusedError as refused:
        yield gr.skip(), said.refused(refused)


def paced(texts: Iterator[Text]) -> Iterator[Text]:
    """As many of the texts as a screen can show: a browser renders the whole of each one."""
    shown = 0.0
    for text in texts:
        if text.ended or text.ahead or time.monotonic() - shown >= PACE_S:
            yield text
            shown = time.monotonic()


def begin(**_: object) -> Any:
    """Stop instead of Write, and a clean sheet."""
    return gr.Button(visible=False), gr.Button(visible=True), "", ""


def _remember(desk: Desk, writer: str) -> None:
    seed, temperature = (desk.asked.settings[name] for name in ("seed", "temperature"))
    luck = f"temperature => imprint.newLuck(temperature, {LIVELY})"
    again = desk.tools.again(None, temperature, [seed, temperature], js=luck, **PRIVATE)
    again.then(None, None, None, js=f"() => imprint.press('{writer}')", **PRIVATE)
    temperature.change(None, temperature, None, js=f"value => imprint.still('{writer}', value)", **PRIVATE)
    desk.history.open(None, None, desk.reopened, js=f"() => imprint.opened('{writer}')", **PRIVATE)
