"""One document as it was read, through every step that looks at it alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from train.prepare.clean import clean
from train.prepare.document import Document, Dropped, Finding
from train.prepare.filters.notes import notes
from train.prepare.keep import measures, reason_to_drop
from train.prepare.pairs import pairs
from train.prepare.scan import personal, secrets
from train.prepare.scan.removed import Removed, fingerprints
from train.recipe import Recipe
from train.sections import Keep, Pairs

ANY_LENGTH = (1, 10**9)


@dataclass(frozen=True)
class Refined:
    """What one document became, and what was found on the way."""

    documents: tuple[Document, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    changed: frozenset[str] = frozenset()  # names of cleaning rules
    secrets: tuple[Finding, ...] = ()
    personal: Mapping[str, int] = field(default_factory=dict)  # kind -> how often masked
    pairs: Mapping[str, int] = field(default_factory=dict)  # step -> sentences left
    notes: frozenset[str] = frozenset()  # web filters that would have dropped it
    removed: Removed = field(default_factory=dict)  # fingerprints of the personal data that was taken out


def refine(document: Document, recipe: Recipe) -> Refined:
    """The document's rows as a writer should learn them, or the reasons why there are none."""
    found = secrets(f"{document.head}{document.text}", document.id, recipe.scan.allow)
    found += secrets(f"{document.title}\n{document.author}", document.id, recipe.scan.allow)
    cleaned, changed = clean(document, recipe.clean)
    masked, counts = _masked(cleaned, recipe)
    refined = _paired(masked, recipe, recipe.pairs) if recipe.pairs else _kept(masked, recipe)
    if counts and recipe.scan.personal == "drop":
        refined = Refined(dropped=(_dropped(cleaned, "personal data"),))
    return replace(
        refined,
        changed=changed,
        secrets=found,
        personal=counts if refined.documents and recipe.scan.personal == "mask" else {},
        removed=_removed(cleaned, recipe) if counts else {},
    )


def _removed(document: Document, recipe: Recipe) -> Removed:
    said = f"{document.title}\n\n{document.text}\n\n{document.author}"
    return {} if recipe.scan.personal == "keep" else fingerprints(said, recipe.name)


def _masked(document: Document, recipe: Recipe) -> tuple[Document, dict[str, int]]:
    title, in_title = personal(document.title, recipe.scan.personal)
    text, in_text = personal(document.text, recipe.scan.personal)
    author, in_author = personal(document.author, recipe.scan.personal)
    masked = replace(document, title=title, text=text, author=author)
    return masked, dict(Counter(in_title) + Counter(in_text) + Counter(in_author))


def _kept(document: Document, recipe: Recipe) -> Refined:
    reason = reason_to_drop(document, recipe.keep, recipe.language, heading=recipe.clean.heading)
    if reason:
        return Refined(dropped=(_dropped(document, reason),))
    return Refined((document,), notes=notes(document.text))


def _paired(document: Document, recipe: Recipe, rules: Pairs) -> Refined:
    """The pairs of a document; one that may not stay gives none."""
    whole = replace(recipe.keep, words=ANY_LENGTH)
    if reason := _against(document, whole, recipe):
        return Refined(dropped=(_dropped(document, reason),))
    made, steps = pairs(document, rules, recipe.keep)
    kept = tuple(pair for pair in made if not _against(pair, recipe.keep, recipe))
    lost: Sequence[Dropped] = () if kept else (_dropped(document, "no pairs"),)
    return Refined(kept, tuple(lost), pairs=steps)


def _against(document: Document, keep: Keep, recipe: Recipe) -> str | None:
    return reason_to_drop(document, keep, recipe.language, heading=False, titled=False)


def _dropped(document: Document, reason: str) -> Dropped:
    return Dropped(document.id, document.title, document.source, reason, measures(document))
