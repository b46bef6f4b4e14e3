"""What has a name and a value in two versions: settings, prompt, base, packages, figures, sizes."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from cards import top
from train.evaluate.report import Change, Metric, Metrics, Verdict
from train.release.published.statement import Statement

_PROMPT = ("prompt.", "inputs.")
_MISSING = object()
_VERSION = "VERSION"


@dataclass(frozen=True)
class Changed:
    """One value before and after; None where there was or is none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Figure:
    """What was measured on the adapter before and after, with its 95 % interval now."""

    name: str
    label: str
    share: bool
    before: float | None
    after: float | None
    low: float | None
    high: float | None
    difference: Change | None  # on the same prompts, where the later version was held against the earlier


@dataclass(frozen=True)
class Text:
    """A text of a version; no content where there is no such file."""

    content: bytes | None
    version: str


@dataclass(frozen=True)
class Words:
    """The lines of a text that came in and went out."""

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Changed, ...]:
    """The names whose values are not the same."""
    names = sorted({*before, *after})
    pairs = ((name, before.get(name, _MISSING), after.get(name, _MISSING)) for name in names)
    return tuple(Changed(name, _said(old), _said(new)) for name, old, new in pairs if old != new)


def settings(recipe: bytes | None) -> dict[str, object]:
    """A recipe's keys, without those of the prompt."""
    return {key: value for key, value in _recipe(recipe).items() if not key.startswith(_PROMPT)}


def prompt(recipe: bytes | None) -> dict[str, object]:
    """A recipe's keys that say what a writer is asked with."""
    return {key: value for key, value in _recipe(recipe).items() if key.startswith(_PROMPT)}


def made_from(statement: Statement | None) -> dict[str, object]:
    """What a version was made from, but for the rows: these are compared one by one."""
    found = statement.materials if statement else {}
    return {
        name: each.uri or next(iter(each.digest.values()), "")
        for name, each in found.items()
        if name not in ("dataset", "recipe.yaml")
    }


def figures(before: bytes | None, after: bytes | None) -> tuple[Figure, ...]:
    """The figures of both versions, side by side; those that neither has changed too."""
    old, new = _metrics(before), _metrics(after)
    was = {each.name: each for each in old.metrics} if old else {}
    now = {each.name: each for each in new.metrics} if new else {}
    held = bool(old and new and new.last and new.last.adapter == old.adapter)
    names = dict.fromkeys((*now, *was))
    return tuple(figure for name in names for figure in _figure(was.get(name), now.get(name), held))


def verdict(text: bytes | None) -> dict[str, object]:
    """Whether the gate was open, and each sentence of it that was not kept."""
    try:
        found = TypeAdapter(Verdict).validate_json(text or b"")
    except ValidationError:
        return {}
    failed = {f"failed: {each.metric}": each.sentence for each in found.checks if not each.passed}
    return {"gate": "open" if found.passed else "shut", **failed}


def words(name: str, before: Text, after: Text) -> Words:
    """The lines of a card's text, or of any other, that differ by more than the version's own name."""
    old, new = _lines(before), _lines(after)
    match = difflib.SequenceMatcher(
        None, [same for _, same in old], [same for _, same in new], autojunk=False
    )
    spans = [span for span in match.get_opcodes() if span[0] != "equal"]
    return Words(
        name,
        tuple(line for span in spans for line, _ in new[span[3] : span[4]] if line.strip()),
        tuple(line for span in spans for line, _ in old[span[1] : span[2]] if line.strip()),
    )


def _lines(text: Text) -> list[tuple[str, str]]:
    """Each line, and what it is compared by."""
    body = top.read((text.content or b"").decode(errors="replace")).body
    return [(line, line.replace(text.version or "\n", _VERSION)) for line in body.splitlines()]


def _recipe(text: bytes | None) -> dict[str, object]:
    try:
        events = yaml.parse(text or b"", Loader=yaml.SafeLoader)
        if any(isinstance(event, yaml.AliasEvent) for event in events):  # a few can stand for billions
            return {"recipe.yaml": (text or b"").decode(errors="replace")}
        return dict(_flat(yaml.safe_load(text or b"") or {}))
    except (yaml.YAMLError, RecursionError):
        return {}


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for place, each in enumerate(value, 1):
            yield from _flat(each, f"{name}.{place}")
    else:
        yield name, value


def _said(value: object) -> str | None:
    if value is _MISSING:
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _metrics(text: bytes | None) -> Metrics | None:
    try:
        return TypeAdapter(Metrics).validate_json(text or b"")
    except ValidationError:
        return None


def _figure(old: Metric | None, new: Metric | None, held: bool) -> Iterator[Figure]:
    if known := new or old:
        yield Figure(
            name=known.name,
            label=known.label,
            share=known.unit == "share",
            before=old.adapter if old else None,
            after=new.adapter if new else None,
            low=new.low if new else None,
            high=new.high if new else None,
            difference=new.from_last if new and held else None,
        )
