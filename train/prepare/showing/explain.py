"""What became of one document, step by step."""

import difflib
from collections.abc import Iterable, Iterator
from itertools import islice

from train.errors import StageError, nearest
from train.prepare import sources
from train.prepare.clean import steps
from train.prepare.document import Document, Dropped
from train.prepare.refine import refine
from train.recipe import Recipe

CONTEXT = 1  # lines around a change
KNOWN = 50_000  # ids to look for a misspelt one in


def explain(recipe: Recipe, wanted: str) -> str:
    """The document with this id after every step that changed it, and how it ended."""
    found = _found(recipe, wanted)
    if isinstance(found, Dropped):
        return f"{found.id}\nnot read: {found.reason}" + (f" ({found.detail})" if found.detail else "") + "\n"
    parts = [_head(found), *(_step(*each) for each in steps(found, recipe.clean)), _end(found, recipe)]
    return "\n".join(parts) + "\n"


def _found(recipe: Recipe, wanted: str) -> Document | Dropped:
    pinned = sources.pin(recipe.sources)
    ids: list[str] = []
    for each in (document for source in pinned for document in sources.read(source)):
        if each.id == wanted:
            return each
        ids.extend([each.id] if len(ids) < KNOWN else [])
    first = next(iter(ids), "")
    what = f"{recipe.name} has no document {wanted!r}.{nearest(wanted, ids)}"
    raise StageError(what, fix=f"python -m train prepare {recipe.name} --explain {first}")


def _head(document: Document) -> str:
    facts = [document.kind, document.date, document.author, document.language, document.license]
    told = ", ".join(fact for fact in facts if fact)
    return (
        f"{document.id}\n{document.title}\n{told}, {len(document.text):,} characters of {document.markup}\n"
    )


def _step(name: str, before: str, after: str) -> str:
    return f"── {name} " + "─" * max(3, 76 - len(name)) + "\n" + "\n".join(_difference(before, after)) + "\n"


def _difference(before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=CONTEXT)
    yield from (line for line in islice(lines, 2, None))


def _end(document: Document, recipe: Recipe) -> str:
    refined = refine(document, recipe)
    ends = [*(_dropped(each) for each in refined.dropped), *(_kept(each) for each in refined.documents)]
    masked = ", ".join(f"{number} {kind}" for kind, number in sorted(refined.personal.items()))
    secrets = [f"secret: {each.kind} at {each.where}" for each in refined.secrets]
    return "\n".join([*secrets, *([f"masked: {masked}"] if masked else []), *_few(ends)])


def _dropped(dropped: Dropped) -> str:
    return f"dropped: {dropped.reason} ({dropped.detail})" if dropped.detail else f"dropped: {dropped.reason}"


def _kept(document: Document) -> str:
    asked = f"{document.formal!r} → " if document.formal else ""
    text = repr(document.text) if document.formal else f"{len(document.text):,} characters"
    return f"kept: {asked}{text}; copies and repeated paragraphs are looked for among all documents"


def _few(ends: Iterable[str], most: int = 20) -> list[str]:
    every = list(ends)
    return every[:most] + ([f"… and {len(every) - most} more"] if len(every) > most else [])
