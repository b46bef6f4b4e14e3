"""One file of a blog read: a document, or the reason why it is none."""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from train.prepare.document import Document, Dropped
from train.prepare.sources import front_matter, titles, tree
from train.prepare.sources.dates import day_of
from train.prepare.sources.decode import DecodeError, read_text
from train.prepare.sources.front_matter import FrontMatter, FrontMatterError

MARKDOWN = (".markdown", ".md", ".mkd", ".mkdn", ".mkdown")
HTML = (".htm", ".html")
OTHERS = {
    **{".textile": "Textile", ".adoc": "AsciiDoc", ".asciidoc": "AsciiDoc", ".ad": "AsciiDoc"},
    **{".rst": "reStructuredText", ".rest": "reStructuredText", ".org": "Org", ".mdx": "MDX"},
    **{".rmd": "R Markdown", ".rmarkdown": "R Markdown", ".pandoc": "Pandoc", ".pdc": "Pandoc"},
    **{".ipynb": "a notebook", ".rtf": "RTF", ".docx": "Word", ".doc": "Word"},
}
NOT_POSTS = re.compile(  # in small letters, many a name may be a post's: claude, history, security
    r"(?i:changelog|code[-_]of[-_]conduct|contributing|copilot-instructions|licen[cs]e|40[34]|50[0-4])"
    r"|(?i:readme(?:[-_.][a-z]{2}(?:[-_][a-z]{2,4})?)?|(?:issue|pull_request)_template)"
    r"|(?i:.+\.(?:instructions|prompt|chatmode))"
    r"|AGENTS?|AUTHORS|CHANGES|CLAUDE(?:\.local)?|CONTRIBUTORS|COPYING|GEMINI|GOVERNANCE|HISTORY|LICEN[CS]E[-_.].+"
    r"|MAINTAINERS|NEWS|NOTICE|SECURITY|SKILL|SUPPORT|TODO"
)
NOT_TEXTS = re.compile(
    r"robots|humans|ads|security|requirements(?:[-_].+)?|constraints|cmakelists|cname|llms(?:-full)?|manifest",
    re.IGNORECASE,
)
DATED = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?:[-_ ]+(?P<slug>.+))?")
NO_PAGE = re.compile(r"/?[45]\d\d(?:\.html?|/)?|.*\.(?:css|csv|ics|js|json|txt|xml)")
REFRESH = re.compile(r"<meta\s[^<>]{0,200}http-equiv=[\"']?refresh", re.IGNORECASE)
MARKUP = re.compile(r"\{[{%][^{}]{0,2000}[%}]\}|<[^<>]{1,500}>|!\[[^\[\]]{0,500}\]\([^()]{0,500}\)")
SHORT = 5_000  # characters; what is longer is no redirect and not all markup
FUTURE = "not yet published"
EXPIRED = "expired"


@dataclass(frozen=True)
class Entry:
    """A file that a site might publish: what its place in the folder says of it."""

    origin: str
    kind: str = "post"
    slug: str = ""
    date: str = ""
    language: str = ""
    refused: str = ""  # why it is no document, seen without opening it
    detail: str = ""
    needs_head: bool = False  # without front matter, the site hands it out as it is
    defaults: FrontMatter = field(default_factory=FrontMatter)


@dataclass(frozen=True)
class Rules:
    """What a site would not publish, and how its files are to be read."""

    take: tuple[str, ...] = ("post",)
    encoding: str = "utf-8"
    markdown: tuple[str, ...] = MARKDOWN
    unpublished: bool = False  # published: false is no reason
    future: bool = False
    expired: bool = False
    today: str = ""  # the newest day that has certainly come; nothing if none has


def read(root: Path, entry: Entry, rules: Rules, source: str) -> Document | Dropped:
    """The document in a file, or why there is none."""
    path = root / entry.origin
    entry = replace(entry, origin=tree.legible(entry.origin), slug=tree.legible(entry.slug))
    found = Dropped(f"{source}/{entry.origin}", titles.spelt(entry.slug), source, entry.refused, entry.detail)
    if entry.refused:
        return found
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return replace(found, reason="unreadable", detail="not a file")
        head, raw, body = front_matter.split(read_text(path, rules.encoding))
    except OSError as error:
        return replace(found, reason="unreadable", detail=str(error.strerror))
    except DecodeError as error:
        return replace(found, reason=error.reason, detail=str(error))
    except FrontMatterError as error:
        return replace(found, reason="broken front matter", detail=str(error))
    if entry.needs_head and not raw:
        return replace(found, reason="no front matter", detail="the site hands it out as it is")
    return _judged(_document(entry, head.over(entry.defaults), raw, body, source), head, entry, rules)


def _document(entry: Entry, head: FrontMatter, raw: str, body: str, source: str) -> Document:
    is_html = entry.origin.lower().endswith(HTML)
    stated = titles.written(head.title or "")
    title = stated or (_html_heading(body) if is_html else titles.heading(body))
    if not title and entry.origin.lower().endswith((".txt", ".text")):
        title = titles.first_line(body)
    return Document(
        id=f"{source}/{entry.origin}",
        title=title or titles.spelt(entry.slug),
        text=body,
        origin=entry.origin,
        source=source,
        kind="draft" if head.draft else entry.kind,
        date=day_of(head.date) or day_of(head.publish_date) or entry.date,
        author=titles.written(head.author or ""),
        language=entry.language or head.language or "",
        license=head.license or "",
        markup="html" if is_html else "markdown",
        head=raw,
    )


def _html_heading(body: str) -> str:
    if "<h1" not in body.lower():
        return ""
    from selectolax.lexbor import LexborHTMLParser

    found = LexborHTMLParser(body).css_first("h1")
    return " ".join(found.text().split()) if found else ""


def _judged(document: Document, stated: FrontMatter, entry: Entry, rules: Rules) -> Document | Dropped:
    head = stated.over(entry.defaults)
    reason, detail = _refused(document, head, rules)
    if reason:
        return Dropped(document.id, document.title, document.source, reason, detail)
    return document


def _refused(document: Document, head: FrontMatter, rules: Rules) -> tuple[str, str]:
    begins = day_of(head.publish_date) or document.date
    ends = day_of(head.expiry_date)
    verdicts: Mapping[tuple[str, str], bool] = {
        ("unpublished", "its front matter says so"): head.published is False and not rules.unpublished,
        ("a draft", "draft: true"): document.kind == "draft" and "draft" not in rules.take,
        ("redirect", "redirect_to"): bool(head.redirects) or (head.layout or "").startswith("redirect"),
        ("redirect", "it refreshes to another page"): _is_short(document) and _refreshes(document),
        (FUTURE, f"{begins} is after {rules.today}"): bool(rules.today)
        and begins > rules.today
        and not rules.future,
        (EXPIRED, f"on {ends}"): bool(ends)
        and bool(rules.today)
        and ends <= rules.today
        and not rules.expired,
        ("not a post", f"it answers for {head.permalink}"): NO_PAGE.fullmatch(head.permalink or "")
        is not None,
        ("no prose", "nothing but markup"): _is_short(document) and _is_all_markup(document.text),
    }
    return next((verdict for verdict, holds in verdicts.items() if holds), ("", ""))


def _is_short(document: Document) -> bool:
    return len(document.text) <= SHORT


def _refreshes(document: Document) -> bool:
    return REFRESH.search(document.text) is not None


def _is_all_markup(text: str) -> bool:
    return bool(text.strip()) and not re.search(r"\w", MARKUP.sub("", text))


def refusal(origin: str, markdown: tuple[str, ...] = MARKDOWN) -> str:
    """Why a file is no document, as its name says, or nothing."""
    name = origin.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    ending = f"{dot}{suffix}".lower()
    if NOT_POSTS.fullmatch(stem) or (ending == ".txt" and NOT_TEXTS.fullmatch(stem)):
        return "not a post"
    if ending in OTHERS and ending not in markdown:
        return f"{OTHERS[ending]}, not Markdown"
    return ""


def dated(name: str) -> tuple[str, str]:
    """The day a file's name begins with, and the rest of the name."""
    if (match := DATED.fullmatch(name)) and (day := day_of(match["date"])):
        return day, match["slug"] or ""
    return "", name
