"""The page: a form built from the writer's own description, and the text as it grows."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from form import Form, Input, Write
from release import HUB, Release

ABOUT = "A small language model, trained for this one task, writes a first draft."
WARNING = "It can be wrong: read before you publish."
LONG = 300  # characters from which a text deserves more than one line
# Source and count follow the text in the browser, so that `/write` answers with the text and nothing else.
FOLLOW = """text => {
    const words = (text ?? "").split(/\\s+/).filter(Boolean).length;
    return [text ?? "", words ? `${words.toLocaleString("en")} word${words > 1 ? "s" : ""}` : ""];
}"""


@dataclass(frozen=True)
class Desk:
    """What moves on the page."""

    fields: dict[str, Any]
    write: gr.Button
    stop: gr.Button
    text: gr.Markdown
    source: gr.Code
    count: gr.HTML

    @property
    def buttons(self) -> list[gr.Button]:
        """The one that shows tells whether a text is being written."""
        return [self.write, self.stop]


def build(release: Release, form: Form, write: Write) -> gr.Blocks:
    """The page of a release's writer; `write` gives the text so far, again and again."""
    title = release.writers[0].title
    demo = gr.Blocks(title=title, analytics_enabled=False)
    with demo:
        gr.HTML(f"<h1>{escape(title)}</h1><p>{ABOUT} {WARNING}</p>", elem_id="head")
        with gr.Row(elem_id="desk"):
            desk = _desk(form)
        gr.HTML(_footer(release), elem_id="foot")
        _connect(desk, form, write)
    demo.queue(max_size=32, default_concurrency_limit=1)
    return demo


def _desk(form: Form) -> Desk:
    with gr.Column(scale=2, min_width=280, elem_id="form"):
        fields = {name: _field(each) for name, each in form.inputs.items()}
        with gr.Row():
            write = gr.Button("Write", variant="primary", elem_id="write")
            stop = gr.Button("Stop", variant="stop", elem_id="stop", visible=False)
        _examples(form.inputs[form.message], fields[form.message])
    with gr.Column(scale=3, min_width=280, elem_id="result"):
        with gr.Tab("Text"):
            text = gr.Markdown(elem_id="text", label="Markdown", container=True, show_label=False)
        with gr.Tab("Source"):
            source = gr.Code(
                elem_id="source",
                language="markdown",
                show_label=False,
                wrap_lines=True,
                interactive=False,
                buttons=["copy"],
            )
        count = gr.HTML(elem_id="count")
    return Desk(fields, write, stop, text, source, count)


def _field(field: Input) -> Any:
    if field.choices:
        return gr.Radio(list(field.choices), value=field.default or field.choices[0], label=field.label)
    return gr.Textbox(
        label=field.label,
        placeholder=next(iter(field.examples), None),
        max_length=field.limit,
        lines=1 if field.limit <= LONG else 4,
        max_lines=12,
    )


def _examples(field: Input, box: Any) -> None:
    if field.examples:
        rows = [[each] for each in field.examples]
        gr.Examples(rows, [box], label="Or try one of these", api_visibility="private")


def _connect(desk: Desk, form: Form, write: Write) -> None:
    def check(**asked: object) -> list[dict[str, Any]]:
        return [gr.validate(not flaw, flaw) for flaw in form.flaws(asked).values()]

    def answer(**asked: object) -> Iterator[str]:
        """Write a text; the answer is its Markdown."""
        flaws = [f"{name}: {flaw}" for name, flaw in form.flaws(asked).items() if flaw]
        if flaws:  # who calls `/write` has seen no form
            raise gr.Error(" ".join(flaws), print_exception=False)
        yield from write(form.clean(asked))

    asked = desk.fields
    hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    ways = [desk.write.click, asked[form.message].submit]
    begun = gr.on(
        ways, _begin, inputs_kwargs=asked, outputs=[*desk.buttons, desk.text], validator=check, **hidden
    )
    writing = begun.success(
        answer, inputs_kwargs=asked, outputs=desk.text, api_name="write", preprocess=False
    )
    writing.then(_end, outputs=desk.buttons, queue=False, **hidden)
    desk.stop.click(_end, outputs=desk.buttons, cancels=[writing], queue=False, **hidden)
    desk.text.change(None, desk.text, [desk.source, desk.count], js=FOLLOW, **hidden)


def _begin(**_: object) -> Any:
    return gr.Button(visible=False), gr.Button(visible=True), ""


def _end() -> Any:
    return gr.Button(visible=True), gr.Button(visible=False)


def _footer(release: Release) -> str:
    served = release.writers[0]
    links = {
        "Adapter": _link("", served.adapter, served.adapter_revision),
        "Base": _link("", served.base, served.base_revision),
        "Dataset": _link("datasets/", served.dataset, served.dataset_revision),
    }
    version = f"<span>Version {escape(served.version)}</span>"
    return version + "".join(f"<span>{name} {link}</span>" for name, link in links.items())


def _link(folder: str, repo: str, commit: str) -> str:
    url = escape(f"{HUB}/{folder}{repo}/tree/{commit}")
    return f'<a href="{url}" target="_blank" rel="noopener">{escape(repo)}</a> <code>{commit[:7]}</code>'
