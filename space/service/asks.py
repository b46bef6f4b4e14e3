"""Typed requests, made from the writers' forms."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from form import CONTROL, LIMITS, Decoding, Form, Input
from orders import Order, Studio
from service.faults import FaultError

LONGEST_TEXT = 5_000  # characters, whatever a form says
_ODD = CONTROL.pattern[1:-1].replace(r"\ud800-\udfff", "")  # no JSON that is read here holds halves
WORDS = rf"^[^{_ODD}]*[^{_ODD}\s][^{_ODD}]*$"  # what a form takes, for the description
TEXT = "text"  # what `/humanize` calls a form's message
SAID = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field here. These are: {fields}.",
}


class Ask(BaseModel):
    """A request: exactly the fields that are described, each of exactly its type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


SETTINGS = {
    "max_new_tokens": "How long the text may become: a token is a word or a part of one",
    "temperature": "How freely words are chosen; left out, as freely as this writer does",
    "top_p": "Only the likeliest words that together have this share",
    "repetition_penalty": "Above 1, words that were used already become less likely",
    "seed": "The same seed, settings and version give the same text, or nearly so beside other texts",
}
OTHERS: dict[str, Any] = {
    "version": (
        str,
        Field("", max_length=100, description="One that `/info` names; empty: this Space's own"),
    ),
    "stream": (bool | None, Field(None, description="Whether it comes as it grows; else `Accept` tells")),
}


@dataclass(frozen=True)
class Kind:
    """Requests for one writer at one address."""

    writer: str
    form: Form
    model: type[Ask]
    names: Mapping[str, str]  # of the request's fields, by the form's

    def order(self, sent: Mapping[str, Any]) -> tuple[Order, bool | None]:
        """What is asked for, checked in every field, and whether as it grows."""
        try:
            ask = self.model.model_validate({name: _plain(value) for name, value in sent.items()})
        except ValidationError as error:
            raise self._fault(error) from error
        inputs = {name: getattr(ask, _attribute(name)) for name in self.names}
        for name, value in inputs.items():
            if flaw := self.form.inputs[name].flaw(value):
                raise FaultError("bad_request", flaw, self.names[name])
        rest = ask.model_dump(include={*SETTINGS, *OTHERS})
        decoding = Decoding(**{name: rest[name] for name in SETTINGS})
        return Order(self.writer, self.form.clean(inputs), rest["version"], decoding), rest["stream"]

    def example(self) -> dict[str, Any]:
        """A request that works."""
        fields = {self.names[name]: _example(each) for name, each in self.form.inputs.items()}
        return {"writer": self.writer} | fields | {"seed": self.form.decoding.seed}

    def _fault(self, error: ValidationError) -> FaultError:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        fields = ", ".join(sorted(each.alias or name for name, each in self.model.model_fields.items()))
        said = SAID[first["type"]].format(fields=fields) if first["type"] in SAID else f"{first['msg']}."
        return FaultError("bad_request", said, str(first["loc"][0]) if first["loc"] else "")


class Kinds:
    """What one address takes: a request's `writer` tells which kind it is."""

    def __init__(self, kinds: Iterable[Kind], first: str, absent: Mapping[str, str]) -> None:
        self.of = {kind.writer: kind for kind in kinds}
        self._first = first
        self._absent = absent  # writers without a form, and why

    def order(self, sent: Mapping[str, Any]) -> tuple[Order, bool | None]:
        """What is asked for, of the first writer if none is named."""
        writer = sent.get("writer", self._first)
        if not isinstance(writer, str):
            raise FaultError("bad_request", "Input should be a writer's name.", "writer")
        if writer in self._absent:
            raise FaultError("failed", self._absent[writer])
        if writer not in self.of:
            raise FaultError("unknown_writer", f"The writers here are {', '.join(self.of)}.", "writer")
        return self.of[writer].order(sent)


def to_write(studio: Studio) -> Kinds:
    """What `/write` takes: every writer's fields under their own names."""
    return _kinds("Write", studio, lambda _, name: name, lambda _: True)


def to_humanize(studio: Studio) -> Kinds:
    """What `/humanize` takes: the text under that name, for the writers that rewrite one."""
    return _kinds(
        "Humanize",
        studio,
        lambda form, name: TEXT if name == form.message else name,
        lambda form: form.rewrites,
    )


def limit(field: Input) -> int:
    """How many characters the service takes in a field."""
    return min(field.limit, LONGEST_TEXT)


def _kinds(
    verb: str, studio: Studio, named: Callable[[Form, str], str], takes: Callable[[Form], bool]
) -> Kinds:
    all_names = [each.name for each in studio.release.writers]
    absent = {name: studio.state(name).said for name in all_names if name not in studio.forms}
    taken = {
        name: studio.forms[name] for name in all_names if name not in absent and takes(studio.forms[name])
    }
    names = {writer: {name: named(form, name) for name in form.inputs} for writer, form in taken.items()}
    first = next((name for name in all_names if name in taken or name in absent), "")
    kinds = [
        Kind(writer, form, _model(verb, writer, form, names[writer], writer == first), names[writer])
        for writer, form in taken.items()
    ]
    return Kinds(kinds, first, absent)


def _model(verb: str, writer: str, form: Form, names: Mapping[str, str], is_first: bool) -> type[Ask]:
    told = "Which of this Space's writers"
    fields: dict[str, Any] = {
        "writer": (Literal[writer], Field(writer if is_first else ..., description=told))
    }
    fields |= {_attribute(name): _field(form.inputs[name], public) for name, public in names.items()}
    fields |= {name: _setting(name, getattr(form.decoding, name)) for name in SETTINGS}
    title = "".join(part.capitalize() for part in writer.replace("-", "_").split("_"))
    return create_model(f"{verb}{title}", __base__=Ask, **fields, **OTHERS)


def _setting(name: str, own: float) -> Any:
    least, most = LIMITS[name]
    most = own if name == "max_new_tokens" else most
    kind: Any = Annotated[type(least), Field(ge=least, le=most)]
    if own < least:  # a greedy writer's, which can be sent as well
        kind |= Annotated[type(least), Field(ge=own, le=own)]
    return kind, Field(own, description=SETTINGS[name])


def _field(field: Input, name: str) -> Any:
    if field.choices:
        default = field.default or field.choices[0]
        return Literal[field.choices], Field(default, alias=name, description=field.label)
    about: Any = {"description": field.label, "json_schema_extra": {"pattern": WORDS}}
    examples = list(field.examples) or None
    return str, Field(alias=name, max_length=limit(field), examples=examples, **about)


def _example(field: Input) -> str | int:
    return (field.default or field.choices[0]) if field.choices else next(iter(field.examples), "Some text.")


def _plain(value: Any) -> Any:
    """A number as it counts: to JSON 3.0 is whole, and some languages write each number so."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _attribute(name: str) -> str:
    return f"input_{name}"  # a form's field may have any name, `seed` or `json` too
