"""What became of one document, step by step."""

import difflib
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from train.errors import StageError, closest, nearest
from train.prepare import sources
from train.prepare.clean import steps
from train.prepare.document import Document, Dropped, Finding
from train.prepare.refine import refine
from train.recipe import Recipe

CONTEXT = 1  # lines around a change
KNOWN = 50_000  # ids to look for a misspelt one in


@dataclass(frozen=True)
class Step:
    """A cleaning rule that changed the text, and the lines that it changed."""

    name: str
    difference: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """A row of the document, before copies are looked for among all documents."""

    text: str
    formal: str = ""  # of a pair: what a writer is given to turn into `text`


@dataclass(frozen=True)
class Explained:
    """A document as it was read, every step that changed it, and how it ended."""

    document: Document | None  # without its head; none: it was not read, and `dropped` says why
    steps: tuple[Step, ...] = ()
    kept: tuple[Kept, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    masked: Mapping[str, int] = field(default_factory=dict)  # kind of personal data -> how often
    secrets: tuple[Finding, ...] = ()


def explain(recipe: Recipe, wanted: str) -> Explained:
    """What became of the document with this id."""
    found = _found(recipe, wanted)
    if isinstance(found, Dropped):
        return Explained(None, dropped=(found,))
    refined = refine(found, recipe)
    return Explained(
        replace(found, head=""),
        tuple(Step(name, tuple(_difference(*texts))) for name, *texts in steps(found, recipe.clean)),
        tuple(Kept(each.text, each.formal) for each in refined.documents),
        refined.dropped,
        refined.personal,
        refined.secrets,
    )


def told(explained: Explained) -> str:
    """The same for a person to page through."""
    if explained.document is None:
        (found,) = explained.dropped
        return f"{found.id}\nnot read: {found.reason}" + (f" ({found.detail})" if found.detail else "") + "\n"
    parts = [_head(explained.document), *map(_step, explained.steps), _end(explained)]
    return "\n".join(parts) + "\n"


def _found(recipe: Recipe, wanted: str) -> Document | Dropped:
    pinned = sources.pin(recipe.sources)
    ids: list[str] = []
    for each in (document for source in pinned for document in sources.read(source)):
        if f"/{wanted}".endswith(f"/{each.id}"):  # or a path to it, as a shell completes one
            return each
        ids.extend([each.id] if len(ids) < KNOWN else [])
    if not ids:
        raise StageError(f"{recipe.name} has no document at all.", fix="edit sources in the recipe")
    _, meant = closest(wanted, ids) or ("", ids[0])
    what = f"{recipe.name} has no document {wanted!r}.{nearest(wanted, [meant])}"
    raise StageError(what, fix=f"python -m train prepare {recipe.name} --explain {shlex.quote(meant)}")


def _head(document: Document) -> str:
    facts = [document.kind, document.date, document.author, document.language, document.license]
    listed = ", ".join(fact for fact in facts if fact)
    return (
        f"{document.id}\n{document.title}\n{listed}, {len(document.text):,} characters of {document.markup}\n"
    )


def _step(step: Step) -> str:
    return f"── {step.name} " + "─" * max(3, 76 - len(step.name)) + "\n" + "\n".join(step.difference) + "\n"


def _difference(before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=CONTEXT)
    yield from (line for line in islice(lines, 2, None))


def _end(explained: Explained) -> str:
    ends = [*(_dropped(each) for each in explained.dropped), *(_kept(each) for each in explained.kept)]
    masked = ", ".join(f"{number} {kind}" for kind, number in sorted(explained.masked.items()))
    secrets = [f"secret: {each.kind} at {each.where}" for each in explained.secrets]
    return "\n".join([*secrets, *([f"masked: {masked}"] if masked else []), *_few(ends)])


def _dropped(dropped: Dropped) -> str:
    return f"dropped: {dropped.reason} ({dropped.detail})" if dropped.detail else f"dropped: {dropped.reason}"


def _kept(row: Kept) -> str:
    asked = f"{row.formal!r} → " if row.formal else ""
    text = repr(row.text) if row.formal else f"{len(row.text):,} characters"
    return f"kept: {asked}{text}; copies and repeated paragraphs are looked for among all documents"


def _few(ends: Iterable[str], most: int = 20) -> list[str]:
    every = list(ends)
    return every[:most] + ([f"… and {len(every) - most} more"] if len(every) > most else [])
