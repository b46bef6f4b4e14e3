"""The YAML on top of a card as it was typed: the values, and the line of each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import yaml

Path = tuple[str | int, ...]
MOST = 100_000  # values: a few lines of aliases of aliases unfold to more than a machine can hold
# An explicit tag that its value does not fit is met by PyYAML with whatever its own code runs into.
BROKEN = (yaml.YAMLError, ValueError, AttributeError, KeyError, RecursionError)
_TOP = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Mistake:
    """Something wrong with the YAML itself."""

    line: int
    what: str
    fix: str


@dataclass(frozen=True)
class Top:
    """What stands between the two lines of dashes, and the text below them."""

    values: Mapping[str, Any]
    body: str
    begins: int = 1  # the line of the body's first line
    lines: Mapping[Path, int] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()

    def line_of(self, path: Path) -> int:
        """The line of a value, or of what it should be in."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Top:
    """A card, taken apart."""
    found = _TOP.match(text)
    if not found:
        fix = "begin the file with a line ---, then key: value lines, then a line ---"
        return Top({}, text, mistakes=(Mistake(1, "it has no front matter that can be read", fix),))
    body, begins = text[found.end() :], text.count("\n", 0, found.end()) + 1
    try:
        node = yaml.compose(found[1], Loader=yaml.SafeLoader)
        places = list(islice(_walk(node), MOST)) if node else []
        values = yaml.safe_load(found[1]) if len(places) < MOST else {}
    except BROKEN as error:
        return Top({}, body, begins, mistakes=(_broken(error, found[1]),))
    if len(places) == MOST:
        what = f"it has {MOST:,} values or more, once its aliases are followed"
        return Top({}, body, begins, mistakes=(Mistake(1, what, "take the aliases (*name) out"),))
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        fix = "write key: value lines between the two lines of dashes"
        return Top({}, body, begins, mistakes=(Mistake(1, "it has no front matter that can be read", fix),))
    lines = {path: line for path, line, _ in places}
    twice = tuple(_twice(path, line) for path, line, again in places if again)
    return Top(values, body, begins, lines, twice)


def _walk(node: yaml.Node, path: Path = ()) -> Iterator[tuple[Path, int, bool]]:
    """Every place below a node with its line in the file, and whether its key stood there before."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            yield (*path, name), key.start_mark.line + 2, name in seen
            seen.add(name)
            yield from _walk(value, (*path, name))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield (*path, index), value.start_mark.line + 2, False
            yield from _walk(value, (*path, index))


def _twice(path: Path, line: int) -> Mistake:
    return Mistake(
        line, f"{path[-1]} stands here a second time", "keep one: readers take the last, the Hub neither"
    )


def _broken(error: Exception, text: str) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 2 if mark else 1
    rows = text.split("\n")
    tab = next((number for number, row in enumerate(rows, 2) if re.match(r"\s*\t", row)), None)
    if tab:
        return Mistake(tab, "a tab indents this line, which YAML forbids", "indent with spaces")
    said = getattr(error, "problem", None) or str(error)
    return Mistake(
        line, f"the YAML cannot be read: {said}", "put the value in quotes, or mend the indentation"
    )
