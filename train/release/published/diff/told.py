"""The changes between two versions, for people."""

import math
import re
from collections.abc import Iterator, Sequence

from train.release.forecast import bytes_of
from train.release.published.diff.changes import Changes
from train.release.published.diff.rows import RowChanges
from train.release.published.diff.values import Changed, Figure, Words

_FIRST = 5
_LONGEST = 80
_DIGEST = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def told(changes: Changes) -> str:
    """One section for each kind of change; what is the same is left out, and said to be the same."""
    sections = {
        "rows": list(_rows(changes.rows)) if changes.rows else [],
        "settings": list(_table(changes.settings)),
        "prompt": [*_table(changes.prompt), *_words(changes.template)],
        "made from": list(_table(changes.made_from)),
        "packages": list(_table(changes.packages)),
        "figures": list(_figures(changes.figures)),
        "gate": list(_table(changes.gate)),
        "cards": [line for card in changes.cards for line in _words(card)],
        "sizes": list(_sizes(changes)),
    }
    same = [name for name, lines in sections.items() if not lines]
    shown = [f"{name}\n" + "\n".join(lines) for name, lines in sections.items() if lines]
    end = [f"the same: {', '.join(same)}"] if same else []
    return "\n\n".join([f"{changes.repository}  {changes.before} → {changes.after}", *shown, *end])


def _rows(rows: RowChanges) -> Iterator[str]:
    if not (rows.added or rows.removed or rows.rewritten or rows.moved):
        return
    width = max(map(len, (*rows.before, *rows.after)), default=0)
    for split in dict.fromkeys((*rows.before, *rows.after)):
        came = sum(row.split == split for row in rows.added)
        went = sum(row.split == split for row in rows.removed)
        before, after = rows.before.get(split, 0), rows.after.get(split, 0)
        yield f"  {split:{width}}  {before:>7,} → {after:>7,}   {came:,} in, {went:,} out"
    yield from _first("in", [f"{row.title}  ({row.split})" for row in rows.added])
    yield from _first("out", [f"{row.title}  ({row.split})" for row in rows.removed])
    yield from _first("rewritten", [f"{row.title}  ({row.split})" for row in rows.rewritten])
    yield from _first(
        "moved", [f"{each.row.title}  ({each.before} → {each.row.split})" for each in rows.moved]
    )


def _first(what: str, titles: Sequence[str]) -> Iterator[str]:
    if titles:
        yield f"  {what}: {len(titles):,}"
        yield from (f"    {_short(title)}" for title in titles[:_FIRST])
        if len(titles) > _FIRST:
            yield f"    and {len(titles) - _FIRST:,} more"


def _table(changed: Sequence[Changed]) -> Iterator[str]:
    width = max((len(each.name) for each in changed), default=0)
    for each in changed:
        yield f"  {each.name:{width}}  {_value(each.before)} → {_value(each.after)}"


def _value(value: str | None) -> str:
    if value is None:
        return "(none)"
    return _short(_DIGEST.sub(lambda found: found[0][:12], " ".join(value.split()))) or '""'


def _words(words: Words) -> Iterator[str]:
    if words.added or words.removed:
        yield f"  {words.name}: {len(words.added):,} lines in, {len(words.removed):,} out"
        yield from (f"    - {_short(line.strip())}" for line in words.removed[:_FIRST])
        yield from (f"    + {_short(line.strip())}" for line in words.added[:_FIRST])


def _figures(figures: Sequence[Figure]) -> Iterator[str]:
    moved = [each for each in figures if each.before != each.after]
    width = max((len(each.label) for each in moved), default=0)
    for each in moved:
        was, now = _number(each, each.before), _number(each, each.after)
        yield f"  {each.label:{width}}  {was:>9} → {now:>9}{_interval(each)}"


def _interval(figure: Figure) -> str:
    if figure.difference:
        low, high = (_number(figure, value) for value in (figure.difference.low, figure.difference.high))
        return f"   difference {_number(figure, figure.difference.difference)} [{low}, {high}]"
    if figure.low is None or not math.isfinite(figure.low):
        return ""
    return f"   [{_number(figure, figure.low)}, {_number(figure, figure.high)}]"


def _number(figure: Figure, value: float | None) -> str:
    if value is None or math.isnan(value):
        return "(none)"
    return f"{value:.1%}" if figure.share else f"{value:.3f}"


def _sizes(changes: Changes) -> Iterator[str]:
    if all(before == after for before, after in changes.bytes.values()) and not changes.files:
        return
    width = max(map(len, changes.bytes))
    for part, (before, after) in changes.bytes.items():
        yield f"  {part:{width}}  {bytes_of(before):>9} → {bytes_of(after):>9}"
    yield from (f"  new   {each.name}" for each in changes.files if each.before is None)
    yield from (f"  gone  {each.name}" for each in changes.files if each.after is None)


def _short(words: str) -> str:
    """The words of anybody's text, which may hold orders to a terminal."""
    text = "".join(each for each in words if each.isprintable())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
