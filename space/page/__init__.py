"""The Space's page: a tab for each writer, and in it writing and comparing."""

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from door import Door
from form import Form
from guard import Blocks
from orders import Studio
from page import asks, calls, comparing, foot, said, writing
from page.asks import PRIVATE
from release import Served

AT_ONCE = 96  # texts that are in work or wait: more than the studio takes, which alone decides on their order
QUEUED = 64
GROUP: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": "texts"}
LOOK_S = 1.0
ABOUT = "A small language model, trained for this one task, writes a first draft."
WARNING = "It can be wrong: read before you publish."
ANNOUNCER = '<div class="unseen" role="status" aria-live="polite" data-announcer></div>'


def build(door: Door) -> gr.Blocks:
    """The page of a studio's writers; it opens while they still load."""
    studio = door.studio
    name = studio.release.title
    demo = Blocks(title=name, analytics_enabled=False)
    with demo:
        gr.HTML(f"<h1>{escape(name)}</h1>{foot.facts(studio)}{ANNOUNCER}", elem_classes="head")
        opened = _writers(door, demo)
        served = gr.HTML(foot.footer(studio), elem_classes="foot")
        _watch(studio, demo, served, opened)
        calls.publish(door, GROUP)
    demo.queue(max_size=QUEUED, default_concurrency_limit=AT_ONCE, api_open=False)
    return demo


@dataclass(frozen=True)
class Opened:
    """One writer's part of the page, and where it says how far the writer is."""

    banner: gr.HTML
    desk: writing.Desk
    pair: comparing.Pair

    @property
    def views(self) -> tuple[writing.Desk, comparing.Pair]:
        """What a visitor writes with."""
        return self.desk, self.pair


def _writers(door: Door, demo: gr.Blocks) -> list[Opened]:
    served = door.studio.release.writers
    if len(served) == 1:
        only = _writer(door, served[0])
        _follow_link(demo, only, [])
        return [only]
    first = next(iter(door.studio.forms))
    with gr.Tabs(elem_classes="writers", overflow_behavior="wrap", selected=first) as tabs:
        made = []
        for each in served:
            with gr.Tab(each.title, id=each.name, elem_id=f"{each.name}-tab", render_children=True):
                if each.name in door.studio.forms:
                    made.append(_writer(door, each))
                else:
                    _absent(door.studio, each)
    for opened in made:
        _follow_link(demo, opened, [tabs])
    return made


def _writer(door: Door, served: Served) -> Opened:
    form = door.studio.forms[served.name]
    gr.HTML(f"<p>{purpose(form)}</p>", elem_classes="purpose")
    banner = gr.HTML("", elem_classes="banner")
    with gr.Tabs(elem_classes="ways", overflow_behavior="wrap") as ways:
        with gr.Tab(writing.verb(form), render_children=True) as alone:
            desk = writing.build(door, served, GROUP)
        with gr.Tab("Compare", id="compare", render_children=True) as beside:
            pair = comparing.build(door, served, ways, GROUP)
    gr.HTML(foot.made_of(served), elem_classes="foot made")
    _carry(served.name, alone, pair.asked, desk.asked)
    _carry(served.name, beside, desk.asked, pair.asked)
    return Opened(banner, desk, pair)


def _absent(studio: Studio, served: Served) -> None:
    """Instead of a writer without a form: why there is none."""
    gr.HTML(said.note(studio.state(served.name).said), elem_classes="banner")
    gr.HTML(foot.made_of(served), elem_classes="foot made")


def _carry(writer: str, tab: gr.Tab, left: asks.Asks, entered: asks.Asks) -> None:
    """Let the request go with the visitor, from the form of one tab to that of the other."""
    carried = f"(...values) => imprint.carried('{writer}', values)"
    tab.select(None, left.request, entered.request, js=carried, **PRIVATE)


def purpose(form: Form) -> str:
    """What this writer is for and what it is not for."""
    return writing.PURPOSE if form.rewrites else f"{ABOUT} {WARNING}"


def _follow_link(demo: gr.Blocks, opened: Opened, tabs: list[Any]) -> None:
    desk, pair = opened.views
    alone = f"() => imprint.linked('{desk.writer}', {len(tabs)})"
    compared = f"() => imprint.linkedPair('{pair.writer}', {len(tabs)})"
    demo.load(None, None, [*desk.reopened, *tabs], js=alone, **PRIVATE)
    demo.load(None, None, [*pair.reopened, *tabs], js=compared, **PRIVATE)


def _watch(studio: Studio, demo: gr.Blocks, served: gr.HTML, opened: list[Opened]) -> None:
    timer, views = gr.Timer(LOOK_S), [view for each in opened for view in each.views]
    choices = [(each.writer, choice) for each in views for choice in each.choices]

    def look() -> list[Any]:
        ready = studio.state().phase == "ready"
        banners = [said.state(studio.state(each.desk.writer)) for each in opened]
        known = [gr.Dropdown(choices=asks.named(studio.versions(writer))) for writer, _ in choices]
        states = [gr.Button(interactive=studio.state(each.writer).phase == "ready") for each in views]
        return [gr.Timer(active=not ready), foot.footer(studio), *banners, *states, *known]

    told = [timer, served, *(each.banner for each in opened), *(each.write for each in views)]
    shown: Any = {"outputs": [*told, *(choice for _, choice in choices)], "queue": False, **PRIVATE}
    demo.load(look, **shown)
    timer.tick(look, **shown)
