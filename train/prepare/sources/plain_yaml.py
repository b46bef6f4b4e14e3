"""YAML without surprises: text stays text, aliases are shared and never copied, depth is bounded."""

from collections.abc import Iterator

import yaml

Value = str | list["Value"] | dict[str, "Value"]
DEEPEST = 30
NOTHING = ("~", "null", "Null", "NULL")


class Quoted(str):
    """Text that says it is text: `"false"` is no `false`."""

    __slots__ = ()


class YamlError(ValueError):
    """YAML that cannot be read; the message says where and why."""


def load(text: str) -> Value:
    """The value that a YAML text spells: text, lists and mappings of these."""
    try:
        return _document(iter(yaml.parse(text, yaml.CSafeLoader)))
    except yaml.YAMLError as error:
        raise YamlError(_place(error)) from error


def is_false(value: Value | None) -> bool:
    """Whether a value says no, as YAML says it."""
    return _says(value, ("false", "no", "off"))


def is_true(value: Value | None) -> bool:
    """Whether a value says yes, as YAML says it."""
    return _says(value, ("true", "yes", "on"))


def _says(value: Value | None, words: tuple[str, ...]) -> bool:
    return isinstance(value, str) and not isinstance(value, Quoted) and value.lower() in words


def _document(events: Iterator[yaml.Event]) -> Value:
    found: Value = ""
    anchors: dict[str, Value] = {}
    for event in events:  # one by one: a bomb is left before it is read to its end
        if isinstance(event, yaml.NodeEvent):
            found = _value(event, events, anchors, 0)
    return found


def _value(event: yaml.Event, events: Iterator[yaml.Event], anchors: dict[str, Value], depth: int) -> Value:
    if depth > DEEPEST:
        raise YamlError("it is nested too deeply")
    if isinstance(event, yaml.AliasEvent):
        return anchors.get(event.anchor or "", "")
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Value] = []
        value: Value = items
        items.extend(_items(events, anchors, depth))
    elif isinstance(event, yaml.MappingStartEvent):
        parts = list(_items(events, anchors, depth))
        names = (part if isinstance(part, str) else "" for part in parts[::2])
        value = dict(zip(names, parts[1::2], strict=True))
    elif isinstance(event, yaml.ScalarEvent):
        value = _scalar(event)
    else:
        return ""
    if event.anchor:
        anchors[event.anchor] = value
    return value


def _items(events: Iterator[yaml.Event], anchors: dict[str, Value], depth: int) -> Iterator[Value]:
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            return
        yield _value(event, events, anchors, depth + 1)


def _scalar(event: yaml.ScalarEvent) -> Value:
    if event.style or not event.implicit[0]:
        return Quoted(event.value)
    return "" if event.value in NOTHING else str(event.value)


def _place(error: yaml.YAMLError) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}" if mark else str(problem or "it has characters YAML forbids")
