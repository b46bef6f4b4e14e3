"""The endpoints for programs: `gradio_client` and MCP ask a writer by its fields' names."""

from collections.abc import Callable, Iterator
from inspect import Parameter, Signature
from typing import Any, Literal

import gradio as gr
from gradio.events import api as publish_call

from door import Door
from form import Form, Input
from orders import Order, RefusedError

Call = Callable[..., Iterator[str]]
ASKER = "who_asks"  # no field has this name


def publish(door: Door, group: dict[str, Any]) -> None:
    """One public endpoint a writer: `/write`, or `/write_<name>` where several are served."""
    several = len(door.studio.release.writers) > 1
    for served in door.studio.release.writers:
        if served.name not in door.studio.forms:
            continue
        name = f"write_{served.name}" if several else "write"
        call = endpoint(door, served.name, served.title)
        call.__name__ = name.replace("-", "_")
        publish_call(call, api_name=name, **group)


def endpoint(door: Door, writer: str, title: str) -> Call:
    """A function that takes the writer's inputs and gives its text so far, again and again."""
    form = door.studio.forms[writer]
    takes = signature(form)

    def write(request: gr.Request, *values: Any) -> Iterator[str]:
        asked = dict(zip([*takes.parameters][1:], values, strict=True))
        flaws = [f"{name}: {flaw}" for name, flaw in form.flaws(asked).items() if flaw]
        if flaws:  # who calls this has seen no form
            raise gr.Error(" ".join(flaws), print_exception=False)
        try:
            for text in door.write(request, Order(writer, form.clean(asked))):
                yield text.text  # empty ones too: only here does Gradio stop for a client that has left
        except RefusedError as refused:
            raise gr.Error(f"{refused.code}: {refused.said}", print_exception=False) from refused

    write.__doc__ = described(form, title)
    write.__signature__ = takes  # type: ignore[attr-defined]
    write.__annotations__ = {name: each.annotation for name, each in takes.parameters.items()}
    return write


def signature(form: Form) -> Signature:
    """The writer's fields as parameters, behind what Gradio adds; those with a default may be left out."""
    fields = [_parameter(name, each) for name, each in form.inputs.items()]
    fields.sort(key=lambda each: each.default is not Parameter.empty)
    asker = Parameter(ASKER, Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    return Signature([asker, *fields], return_annotation=str)


def _parameter(name: str, field: Input) -> Parameter:
    kind = Literal[field.choices] if field.choices else str
    default = (field.default or field.choices[0]) if field.choices else Parameter.empty
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)


def described(form: Form, title: str) -> str:
    """What a program, or a language model that picks tools, reads about the endpoint."""
    does = "Say a text in other words" if form.rewrites else "Write a text"
    lines = [f"    {name}: {_meaning(each)}" for name, each in form.inputs.items()]
    about = f"{title}. {does} with a small fine-tuned language model; it can be wrong. Returns Markdown."
    return "\n".join([about, "", "Args:", *lines])


def _meaning(field: Input) -> str:
    if field.choices:
        return f"{field.label}: one of {', '.join(map(str, field.choices))}."
    example = f" For example: {field.examples[0]}" if field.examples else ""
    return f"{field.label}, at most {field.limit:,} characters.{example}"
