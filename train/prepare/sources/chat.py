"""Conversations with a model: each of its answers is a document; what was asked lends it a title."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from train.prepare.document import Document, Dropped
from train.prepare.sources import files, hub, jsonl
from train.prepare.sources.columns import check, spoken
from train.prepare.sources.rows import SUFFIXES, rows
from train.sections import Source

COLUMNS = {"messages": "messages", "origin": "prompt_id"}
LONGEST_TITLE = 200  # characters


def name(source: Source) -> str:
    """The dataset's repository, or the folder's own name."""
    return files.place_of(source).stem if _is_local(source) else hub.name(source)


def pin(source: Source) -> Source:
    """The source with its commit on the Hub, or a digest of its files."""
    return files.pinned(source, SUFFIXES) if _is_local(source) else hub.pin(source)


def read(source: Source) -> Iterator[Document | Dropped]:
    """Every answer of every conversation, in the order in which they were given."""
    columns, known = COLUMNS | source.columns, set[str]()
    needed = sorted(columns[field] for field in {"messages", *source.columns})
    for number, row in _rows(source, needed, sorted(columns.values())):
        if isinstance(row, Dropped):
            yield row
        else:
            origin = spoken(row.get(columns["origin"])) or number
            origin += f"-{number}" if origin in known else ""  # the same was asked twice
            known.add(origin)
            yield from _answers(row.get(columns["messages"]), source.name, origin)


def _is_local(source: Source) -> bool:
    return source.path.startswith((".", "/", "~")) or files.place_of(source).exists()


def _rows(
    source: Source, needed: list[str], wanted: list[str]
) -> Iterator[tuple[str, Mapping[str, Any] | Dropped]]:
    if not _is_local(source):
        found, existing = hub.rows(source, wanted)
        check(source, sorted(COLUMNS), needed, existing)
        yield from ((str(number), row) for number, row in enumerate(found))
        return
    for prefix, path in files.prefixed(source, SUFFIXES):
        seen, found_rows = jsonl.seen(rows(path))
        check(source, sorted(COLUMNS), needed if seen else [], seen)
        for each in found_rows:
            number = f"{prefix}{each.number}"
            yield number, jsonl.broken(each, source.name, number) if each.wrong else each.values


def _answers(messages: object, source: str, origin: str) -> Iterator[Document | Dropped]:
    turns = messages if isinstance(messages, list | tuple) else []
    said = [turn if isinstance(turn, Mapping) else {} for turn in turns]
    roles = [spoken(turn.get("role")) for turn in said]
    if "assistant" not in roles:
        found = f"roles: {', '.join(map(repr, roles))}" if roles else "no list of messages"
        yield Dropped(f"{source}/{origin}", "", source, "no answer", found)
    for number, (turn, role) in enumerate(zip(said, roles, strict=True)):
        if role == "assistant":
            yield _answer(turn.get("content"), _title(said[:number]), source, f"{origin}/{number}")


def _answer(content: object, title: str, source: str, origin: str) -> Document | Dropped:
    place, text = f"{source}/{origin}", content if isinstance(content, str) else ""
    if not (words := spoken(text)):
        what = (
            "" if content is None or isinstance(content, str) else f"the content is {type(content).__name__}"
        )
        return Dropped(place, title, source, "not text" if what else "empty", what)
    return Document(place, title, words, origin, source, kind="answer")


def _title(before: Iterable[Mapping[str, Any]]) -> str:
    """The first line of what a person asked last, cut at a word."""
    asked = [spoken(turn.get("content")) for turn in before if turn.get("role") == "user"]
    line = asked[-1].partition("\n")[0].strip() if asked else ""
    if len(line) <= LONGEST_TITLE:
        return line
    return line[: LONGEST_TITLE - 1].rpartition(" ")[0].rstrip(" ,;:") + "…"
