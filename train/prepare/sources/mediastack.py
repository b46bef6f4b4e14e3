"""News from the MediaStack API: a headline and a description each, never the article."""

import html
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from train.errors import SAME, StageError, nearest
from train.prepare.document import Document, Dropped
from train.prepare.sources.columns import day, spoken
from train.prepare.sources.mediastack_api import PAGE, UsedUpError, connect
from train.run import ROOT, as_json, digest_of, write_text
from train.sections import Source

ASKED = ("categories", "countries", "date", "keywords", "languages", "sort", "sources")
MOST = 10_000  # documents, where the recipe sets no limit
CUT = re.compile(r"\s*(?:…|\.{3}).{0,12}$")  # the service ends in the middle: "is already…The"
FULL = re.compile(r".*[.!?][\"'”\u2019)]*(?=\s)", re.DOTALL)
KINDS = ("description", "excerpt")


def name(source: Source) -> str:
    """The API, whatever its address."""
    return "mediastack"


def pin(source: Source) -> Source:
    """The source with a digest of its pages for a revision; what is not yet here is fetched.

    The revision in a recipe names a fetch: another name fetches anew.
    """
    _check(source)
    if _pinned(source):
        return source
    folder = _folder(source)
    pages = _pages(folder, source)
    while _is_more(source, pages):
        pages.append(_fetched(source, folder, len(pages)))
    return replace(source, revision=_digest(pages))


def read(source: Source) -> Iterator[Document | Dropped]:
    """A document for each piece of news on the pages that the source is pinned to."""
    pages = _pinned(source)
    if not pages:
        raise StageError("The fetched pages are gone, or changed.", fix=SAME)
    seen: set[str] = set()
    for number, page in enumerate(pages):
        for place, item in enumerate(page["data"]):
            each = _document(item, source, f"{number * PAGE + place}")
            yield _once(each, seen) if isinstance(each, Document) else each


def _check(source: Source) -> None:
    if "access_key" in source.query or "access_key" in source.path:
        raise StageError(
            "The recipe holds an access_key, and a recipe is published.", fix="export MEDIASTACK_KEY=…"
        )
    for unknown in sorted(set(source.query) - set(ASKED)):
        what = f"query: MediaStack has no parameter {unknown!r}.{nearest(unknown, ASKED)}"
        raise StageError(what, fix="edit query in the recipe")


def _cache() -> Path:
    return ROOT / "runs" / "cache" / "mediastack"


def _folder(source: Source) -> Path:
    asked = {"path": source.path, "query": source.query, "revision": source.revision}
    return _cache() / digest_of(as_json(asked))


def _pages(folder: Path, source: Source) -> list[dict[str, Any]]:
    """The pages that are here, without a gap, as far as the source's limit goes."""
    pages: list[dict[str, Any]] = []
    while len(pages) * PAGE < (source.limit or MOST):
        path = folder / _file(len(pages))
        try:
            pages.append(_checked(json.loads(path.read_text(encoding="utf-8"))))
        except FileNotFoundError:
            break
        except (ValueError, RecursionError) as error:
            raise StageError(
                f"{path} is not as it was fetched.", fix=shlex.join(["rm", str(path)])
            ) from error
    return pages


def _checked(page: Any) -> dict[str, Any]:
    if not isinstance(page, dict) or not isinstance(page.get("data"), list):
        raise ValueError
    return page


def _file(number: int) -> str:
    return f"page-{number:05}.json"


def _digest(pages: list[dict[str, Any]]) -> str:
    return digest_of(*map(_text, pages))


def _text(page: dict[str, Any]) -> str:
    return json.dumps(page, sort_keys=True, indent=1) + "\n"  # ASCII: an answer may hold half a character


def _pinned(source: Source) -> list[dict[str, Any]]:
    """The pages that the source's revision is the digest of; none if it is the name of a fetch."""
    for folder in sorted(_cache().glob("*")):
        pages = _pages(folder, source)
        if pages and _digest(pages) == source.revision:
            return pages
    return []


def _is_more(source: Source, pages: list[dict[str, Any]]) -> bool:
    have = len(pages) * PAGE
    if not pages or len(pages[-1]["data"]) < PAGE or have >= (source.limit or MOST):
        return not pages
    pagination = pages[-1].get("pagination")
    total = pagination.get("total") if isinstance(pagination, dict) else None
    if isinstance(total, int) and total > MOST and source.limit is None:
        raise StageError(f"MediaStack has {total:,} such news.", fix="set limit: in the recipe")
    return not isinstance(total, int) or total > have


def _fetched(source: Source, folder: Path, number: int) -> dict[str, Any]:
    try:
        page = connect(source.path).page(source.query, number)
    except UsedUpError as error:
        kept = f"Pages that are here, and stay: {number}."
        now = f", or set limit: {number * PAGE} in the recipe and go on now" if number else ""
        raise StageError(f"{error} {kept}", fix=f"run this command again next month{now}") from error
    write_text(folder / _file(number), _text(page))
    return page


def _document(item: object, source: Source, number: str) -> Document | Dropped:
    place = f"{source.name}/{number}"
    if not isinstance(item, Mapping):
        return Dropped(place, "", source.name, "broken record", f"not an object but {type(item).__name__}")
    title, text = (html.unescape(spoken(item.get(key))) for key in ("title", "description"))
    text, kind = _whole(text)
    if not text:
        return Dropped(place, title, source.name, "empty", spoken(item.get("url")))
    if kind not in (source.take or KINDS):
        return Dropped(place, title, source.name, "not taken", kind)
    names = dict.fromkeys(spoken(item.get(key)) for key in ("author", "source"))
    return Document(
        place,
        title,
        text,
        spoken(item.get("url")) or number,
        source.name,
        kind=kind,
        date=day(item.get("published_at")),
        author=", ".join(filter(None, names)),
        language=spoken(item.get("language")),
    )


def _whole(text: str) -> tuple[str, str]:
    """A description without the sentence that is torn off at its end, if there is another; and its kind."""
    torn = CUT.search(text)
    if torn is None:
        return text, KINDS[0]
    begun = FULL.match(text, 0, torn.start())
    return (begun[0] if begun else f"{text[: torn.start()]}…"), KINDS[1]


def _once(document: Document, seen: set[str]) -> Document | Dropped:
    """The news came while the pages were fetched: what moved on to the next page is there twice."""
    if document.origin in seen:
        return Dropped(document.id, document.title, document.source, "duplicate", document.origin)
    seen.add(document.origin)
    return document
