"""What a visitor fills in: a writer's own fields, and settings that are folded away."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import gradio as gr

from form import LIMITS, Form, Input
from orders import BASE, Order, Studio

LONG = 300  # characters from which a text deserves more than one line
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


@dataclass(frozen=True)
class Setting:
    """A number that a visitor may change, and why one would."""

    label: str
    info: str
    step: float
    least: float | None = None  # where it is not the limit itself


SETTINGS = {  # named as in `Decoding`, and with its limits
    "seed": Setting(
        "Seed", "The same seed writes the same text again, or nearly so while others write too.", 1
    ),
    "temperature": Setting("Temperature", "Higher is bolder; 0 takes the likeliest word each time.", 0.05, 0),
    "top_p": Setting("Top-p", "Lower keeps to likelier words.", 0.01),
    "repetition_penalty": Setting("Against repetition", "1 lets words come back freely.", 0.05),
}


@dataclass(frozen=True)
class Asks:
    """The components of one form."""

    fields: dict[str, Any]
    version: Any
    settings: dict[str, Any]

    @property
    def request(self) -> list[Any]:
        """What is asked for, of whichever version."""
        return [*self.fields.values(), *self.settings.values()]

    @property
    def sent(self) -> dict[str, Any]:
        """What goes to the server, by name; the order is that of the page's scripts."""
        return {**self.fields, "version": self.version, **self.settings}


def defaults(form: Form) -> dict[str, float]:
    """The settings as the writer itself decodes."""
    return {name: getattr(form.decoding, name) for name in SETTINGS}


def flaws(form: Form, versions: Sequence[str], asked: Mapping[str, Any]) -> list[str]:
    """What is wrong with what was asked, for people; nothing if all is well."""
    found = [f"{form.inputs[name].label}: {flaw}" for name, flaw in form.flaws(asked).items() if flaw]
    if asked.get("version") not in versions:
        found.append("This version is not served here: choose another under Settings.")
    chosen = {name: asked.get(name) for name in SETTINGS}
    if not all(isinstance(value, int | float) for value in chosen.values()):
        return [*found, "Each setting is a number."]
    wrong = replace(form.decoding, **cast("dict[str, Any]", chosen)).flaws()
    return found + [f"{SETTINGS[name].label}: {flaw}" for name, flaw in wrong.items() if name in SETTINGS]


def checked(form: Form, asked: Mapping[str, object]) -> list[dict[str, Any]]:
    """What a form's own fields show below themselves; what is folded away is answered in a sentence."""
    found = form.flaws(asked)
    return [gr.validate(not found.get(name), found.get(name, "")) for name in asked]


def order(writer: str, form: Form, asked: Mapping[str, Any]) -> Order:
    """The order that a request without flaws stands for."""
    chosen = {name: asked[name] for name in SETTINGS} | {"seed": int(asked["seed"])}
    return Order(writer, form.clean(asked), asked["version"], replace(form.decoding, **chosen))


def field(name: str, asked: Input) -> Any:
    """The component for one of the writer's own fields; a text counts its characters below itself."""
    if asked.choices:
        return gr.Radio(list(asked.choices), value=asked.default or asked.choices[0], label=asked.label)
    with gr.Column(elem_classes="counted"):
        box = gr.Textbox(
            label=asked.label,
            placeholder=next(iter(asked.examples), None),
            lines=1 if asked.limit <= LONG else 7,
            max_lines=1 if asked.limit <= LONG else 16,
            elem_classes=f"field-{name}",
        )
        counter = gr.HTML(_counter(asked), elem_classes="counter")
    box.change(None, box, counter, js=f"text => imprint.counted(text, {asked.limit})", **PRIVATE)
    return box


def _counter(asked: Input) -> str:
    return f"<span>0 / {asked.limit:,}</span>"


def examples(asked: Input, box: Any) -> None:
    """Buttons that fill the field in the browser; none if the writer has no examples."""
    if not asked.examples:
        return
    gr.HTML("Or try one of these" if len(asked.examples) > 1 else "Or try this", elem_classes="hint")
    with gr.Column(elem_classes="examples"):
        for each in asked.examples:
            button = gr.Button(each, size="sm", elem_classes="example")
            button.click(None, None, box, js=f"() => {json.dumps(each)}", **PRIVATE)


def button(label: str, studio: Studio, writer: str) -> gr.Button:
    """What asks for a text; it waits for its writer, as the page's first look at it will say."""
    ready = studio.state(writer).phase == "ready"
    return gr.Button(label, variant="primary", elem_classes="write", interactive=ready)


def versions(known: Sequence[str], label: str, chosen: str) -> Any:
    """A choice among a writer's versions."""
    return gr.Dropdown(named(known), value=chosen, label=label, filterable=False)


def named(known: Sequence[str]) -> list[tuple[str, str]]:
    """Versions as people read them."""
    return [("The base, without the adapter" if each == BASE else each, each) for each in known]


def settings(form: Form) -> dict[str, Any]:
    """Sliders at the writer's own values, and a button that brings these back."""
    values = defaults(form)
    fields = {name: _setting(name, value) for name, value in values.items()}
    reset = gr.Button("Reset settings", size="sm", elem_classes="quiet")
    reset.click(None, None, list(fields.values()), js=f"() => {json.dumps(list(values.values()))}", **PRIVATE)
    return fields


def _setting(name: str, value: float) -> Any:
    setting, (least, most) = SETTINGS[name], LIMITS[name]
    about: dict[str, Any] = {"value": value, "label": setting.label, "info": setting.info}
    if setting.step == 1:
        return gr.Number(precision=0, minimum=least, **about)
    least = least if setting.least is None else setting.least
    return gr.Slider(least, most, step=setting.step, buttons=[], **about)
