"""A Jekyll folder: its published posts. Drafts, pages and everything else on disk stay unread."""

import codecs
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from train.errors import StageError
from train.prepare.document import Document, Dropped
from train.prepare.sources import front_matter
from train.run import ROOT, digest_of_all
from train.sections import Source

POST_NAME = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-(?P<slug>.+)")
MARKDOWN = (".markdown", ".md", ".mkd", ".mkdn", ".mkdown")
HTML = (".htm", ".html")
PASSED_OVER = re.compile(r"[._#]|.*~$|(?:node_modules|vendor)$")  # folders that Jekyll does not enter


def name(source: Source) -> str:
    """The folder's own name."""
    return _folder(source).name


def pin(source: Source) -> Source:
    """The source with a digest of its posts for a revision."""
    root = _folder(source)
    posts = {path.relative_to(root).as_posix(): _digest(path) for path in _posts(root)}
    if not posts:
        raise StageError(
            f"{root} has no _posts/*.md.", fix=f"ls {root}/_posts, then edit sources in the recipe"
        )
    return replace(source, revision=digest_of_all(posts))


def read(source: Source) -> Iterator[Document | Dropped]:
    """Every post below `_posts`, by path; what cannot be read is dropped with a reason."""
    root = _folder(source)
    for path in _posts(root):
        yield _document(path, path.relative_to(root).as_posix(), name(source))


def _folder(source: Source) -> Path:
    return (ROOT / source.path).resolve()


def _posts(root: Path) -> list[Path]:
    if not root.is_dir():
        raise StageError(f"There is no folder {root}.", fix="edit the jekyll source's path in the recipe")
    return sorted(path for path in root.rglob("*") if _is_post(path.relative_to(root)) and path.is_file())


def _is_post(path: Path) -> bool:
    folders = path.parts[:-1]
    if "_posts" not in folders or path.suffix.lower() not in MARKDOWN + HTML:
        return False
    return not any(PASSED_OVER.match(folder) for folder in folders if folder != "_posts")


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"


def _document(path: Path, origin: str, source: str) -> Document | Dropped:
    post = Dropped(f"{source}/{origin}", "", source, "")
    named = POST_NAME.fullmatch(path.stem)
    if not named:
        return replace(post, reason="no date in the file name", detail="Jekyll wants YYYY-MM-DD-title.md")
    if path.suffix.lower() in HTML:
        return replace(post, reason="HTML, not Markdown")
    try:
        head, body = front_matter.split(_text(path))
    except OSError as error:
        return replace(post, reason="unreadable", detail=str(error.strerror))
    except front_matter.FrontMatterError as error:
        return replace(post, reason="broken front matter", detail=str(error))
    except UnicodeDecodeError as error:
        return replace(
            post, reason="not text", detail=f"{error.encoding}: {error.reason} at byte {error.start}"
        )
    title = html.unescape(head.title).strip() or _spelt(named["slug"])
    if not head.published:
        return replace(post, title=title, reason="unpublished")
    return Document(post.id, title, body, origin, source)


def _text(path: Path) -> str:
    data = path.read_bytes()
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _spelt(slug: str) -> str:
    return " ".join(word.capitalize() for word in re.split(r"[-_]+", slug) if word)
