"""The Space's page: a tab for each writer, and in it writing and comparing."""

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
    name = foot.title(studio.release)
    demo = Blocks(title=name, analytics_enabled=False)
    with demo:
        gr.HTML(f"<h1>{escape(name)}</h1>{foot.facts(studio)}{ANNOUNCER}", elem_classes="head")
        banner = gr.HTML("", elem_classes="banner")
        desks, pairs = _writers(door, demo)
        served = gr.HTML(foot.footer(studio), elem_classes="foot")
        _watch(studio, demo, (banner, served), [*desks, *pairs])
        calls.publish(door, GROUP)
    demo.queue(max_size=QUEUED, default_concurrency_limit=AT_ONCE, api_open=False)
    return demo


def _writers(door: Door, demo: gr.Blocks) -> tuple[list[writing.Desk], list[comparing.Pair]]:
    served = door.studio.release.writers
    if len(served) == 1:
        desk, pair = _writer(door, served[0])
        _follow_link(demo, (desk, pair), [])
        return [desk], [pair]
    with gr.Tabs(elem_classes="writers", overflow_behavior="wrap") as tabs:
        made = []
        for each in served:
            with gr.Tab(each.title, id=each.name, elem_id=f"{each.name}-tab", render_children=True):
                made.append(_writer(door, each))
    for views in made:
        _follow_link(demo, views, [tabs])
    return [desk for desk, _ in made], [pair for _, pair in made]


def _writer(door: Door, served: Served) -> tuple[writing.Desk, comparing.Pair]:
    form = door.studio.forms[served.name]
    gr.HTML(f"<p>{purpose(form)}</p>", elem_classes="purpose")
    with gr.Tabs(elem_classes="ways", overflow_behavior="wrap") as ways:
        with gr.Tab(writing.verb(form), render_children=True) as alone:
            desk = writing.build(door, served, GROUP)
        with gr.Tab("Compare", id="compare", render_children=True) as beside:
            pair = comparing.build(door, served, ways, GROUP)
    gr.HTML(foot.made_of(served), elem_classes="foot made")
    _carry(served.name, alone, pair.asked, desk.asked)
    _carry(served.name, beside, desk.asked, pair.asked)
    return desk, pair


def _carry(writer: str, tab: gr.Tab, left: asks.Asks, entered: asks.Asks) -> None:
    """Let the request go with the visitor, from the form of one tab to that of the other."""
    carried = f"(...values) => imprint.carried('{writer}', values)"
    tab.select(None, left.request, entered.request, js=carried, **PRIVATE)


def purpose(form: Form) -> str:
    """What this writer is for and what it is not for."""
    return writing.PURPOSE if form.rewrites else f"{ABOUT} {WARNING}"


def _follow_link(demo: gr.Blocks, views: tuple[writing.Desk, comparing.Pair], tabs: list[Any]) -> None:
    desk, pair = views
    opened = f"() => imprint.linked('{desk.writer}', {len(tabs)})"
    compared = f"() => imprint.linkedPair('{pair.writer}', {len(tabs)})"
    demo.load(None, None, [*desk.reopened, *tabs], js=opened, **PRIVATE)
    demo.load(None, None, [*pair.reopened, *tabs], js=compared, **PRIVATE)


def _watch(
    studio: Studio, demo: gr.Blocks, told: tuple[gr.HTML, gr.HTML], views: list[writing.Desk | comparing.Pair]
) -> None:
    timer, buttons = gr.Timer(LOOK_S), [each.write for each in views]
    choices = [(each.writer, choice) for each in views for choice in each.choices]

    def look() -> list[Any]:
        now = studio.state()
        ready = now.phase == "ready"
        known = [gr.Dropdown(choices=asks.named(studio.versions(writer))) for writer, _ in choices]
        states = [gr.Button(interactive=ready) for _ in buttons]
        return [gr.Timer(active=not ready), said.state(now), foot.footer(studio), *states, *known]

    moved = [timer, *told, *buttons, *[choice for _, choice in choices]]
    shown: Any = {"outputs": moved, "queue": False, **PRIVATE}
    demo.load(look, **shown)
    timer.tick(look, **shown)
