"""A folder of Markdown or text files, however deep: each is a document."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from train.errors import StageError
from train.prepare.document import Document, Dropped
from train.prepare.sources import posts, tree
from train.prepare.sources.files import place_of
from train.prepare.sources.posts import MARKDOWN, OTHERS, Entry, Rules
from train.run import digest_of_all
from train.sections import Source

TEXT = (".text", ".txt")
PASSED_OVER = re.compile(
    r"\..*|.*~|__pycache__|_site|bower_components|node_modules|site-packages|vendor|venv"
)


def name(source: Source) -> str:
    """The folder's own name."""
    return place_of(source).name


def pin(source: Source) -> Source:
    """The source with a digest of its files for a revision."""
    root = place_of(source)
    found = {
        tree.legible(each.origin): each.refused or tree.digest(root / each.origin) for each in _entries(root)
    }
    if not found:
        look = shlex.join(["ls", "-R", str(root)])
        raise StageError(f"{root} has no file that ends in .md or .txt.", fix=look)
    return replace(source, revision=digest_of_all(found))


def read(source: Source) -> Iterator[Document | Dropped]:
    """Every file by its path; what cannot be read is dropped with a reason."""
    root = place_of(source)
    rules = Rules(take=source.take or ("post",), future=True, expired=True)
    for entry in _entries(root):
        found = posts.read(root, entry, rules, source.name or name(source))
        if isinstance(found, Dropped):
            still_there(root)
        yield found


def still_there(root: Path) -> None:
    """Refuse to go on once the folder itself is gone."""
    if not root.is_dir():
        raise StageError(f"There is no folder {root}.", fix="edit sources in the recipe")


def _entries(root: Path) -> Iterator[Entry]:
    still_there(root)
    for file in tree.files(root, _is_entered):
        path = PurePosixPath(file.origin)
        if file.refused or path.suffix.lower() in (*MARKDOWN, *TEXT, *OTHERS):
            date, slug = posts.dated(path.stem)
            refused = file.refused or posts.refusal(file.origin)
            yield Entry(file.origin, slug=slug or path.parent.name, date=date, refused=refused)


def _is_entered(folder: str) -> bool:
    return not PASSED_OVER.fullmatch(folder.rpartition("/")[2])
