"""What the exports of blogs have in common: how to tell them apart, and what is never read in them."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

from train.errors import StageError, nearest
from train.prepare.document import Dropped
from train.prepare.sources import files
from train.prepare.sources.archive import Archive
from train.sections import Source

HEAD = 65536  # bytes that tell what a file is
READERS = re.compile(
    r"(?:email[_-]?list|subscribers?|members?|delivers|opens)\b[^/]*\.csv$|\.(?:opens|delivers)\.csv$", re.I
)
LOOKS = (
    ("a WordPress export", "wordpress", re.compile(rb"wordpress\.org/export/")),
    ("a Ghost export", "ghost", re.compile(rb'\A\s*\{\s*"(?:db|meta|data)"\s*:')),
    ("a web page, perhaps of a login or an error", "", re.compile(rb"\A\s*(?:<!DOCTYPE html|<html)", re.I)),
    ("a feed", "", re.compile(rb"<(?:rss|feed)\b")),
    ("a gzip file", "", re.compile(rb"\A\x1f\x8b")),
    ("empty", "", re.compile(rb"\A\s*\Z")),
)
ADDRESS = re.compile(r"\S+@\S+\.\w")


def taken(source: Source, default: str, *others: str) -> frozenset[str]:
    """The kinds of documents a recipe takes; one that the export cannot hold is an error."""
    for unknown in sorted(set(source.take) - {default, *others}):
        what = f"take: {unknown!r} is not in such an export.{nearest(unknown, (default, *others))}"
        raise StageError(f"{what} There are: {', '.join((default, *others))}.", fix="edit take in the recipe")
    return frozenset(source.take or (default,))


def is_about_readers(name: str) -> bool:
    """Whether a file by its name is a list of subscribers, or what they opened."""
    return bool(READERS.search(name))


def left_out(archive: Archive, source: str) -> Iterator[Dropped]:
    """What of an archive is not read: lists of readers, and members that are not safe to read."""
    for name in archive.members:
        if is_about_readers(name):
            yield Dropped(f"{source}/{name}", "", source, "subscriber list, never read", name)
    for name, why in archive.refused.items():
        yield Dropped(f"{source}/{name}", "", source, "unsafe in an archive", why)


def mistaken(place: Path, archive: Archive, expected: str) -> StageError:
    """The error for something that is not the export it was said to be, with what it looks like."""
    seen, kind = _looks(archive)
    if kind and kind in expected.lower():
        what = f"{place} breaks off, is damaged, or has no posts."
        return StageError(what, fix="download the export again, then edit sources in the recipe")
    hint = f"set kind: {kind}, in the recipe" if kind else files.EDIT
    return StageError(f"{place} is not {expected}: {seen}.", fix=hint)


def _looks(archive: Archive) -> tuple[str, str]:
    names = list(archive.members)
    if not names and archive.refused:
        name, why = next(iter(archive.refused.items()))
        return f"all in it is unsafe to read, {name} among it: {why}", ""
    if not names:
        return "it is empty", ""
    if "posts.csv" in names:
        return "it looks like a Substack export", "substack"
    if any(re.fullmatch(r"posts/[^/]+\.html", name) for name in names):
        return "it looks like a Medium export", "medium"
    if any("_posts/" in name for name in names):
        return "it looks like a Jekyll folder", "jekyll"
    if len(names) == 1:
        with archive.open(names[0]) as file:
            head = file.read(HEAD)
        for seen, kind, mark in LOOKS:
            if mark.search(head):
                return f"it {'is empty' if seen == 'empty' else f'looks like {seen}'}", kind
    return f"it holds {', '.join(names[:3])}" + (" and more" if len(names) > 3 else ""), ""


def plain(text: str | None) -> str:
    """A title or name on one line, entities read, an address never."""
    line = " ".join(html.unescape(html.unescape(text or "")).split())
    return re.sub(r"</?(?:em|i|b|strong|span|code|br)\b[^<>]*>", "", line)


def person(name: str | None) -> str:
    """A name, or nothing where an e-mail address stands for one."""
    found = plain(name)
    return "" if ADDRESS.search(found) else found


def day(stamp: object) -> str:
    """YYYY-MM-DD of a time stamp that begins with it, or nothing."""
    found = re.match(r"(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", str(stamp or ""))
    return found[0] if found else ""
