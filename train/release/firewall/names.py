"""Which files a version may hold, by repository: known names only, each at its one place."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from train.licensing import PAPERS
from train.prepare.split import SPLITS
from train.prepare.write import file_of
from train.release.contents import ADAPTER, EVIDENCE
from train.release.pictures import CORPUS, LENGTHS

PartName = Literal["dataset", "adapter", "space"]
SEALS = frozenset({"SHA256SUMS", "model.sig", "provenance.json"})
_EVERY = SEALS | PAPERS | {"README.md", "facts.json"}
ALLOWED = {
    "dataset": _EVERY | {CORPUS, "report.json"} | {file_of(split) for split in SPLITS},
    "adapter": _EVERY | ADAPTER | {LENGTHS, "recipe.yaml"} | {f"evidence/{name}" for name in EVIDENCE},
    "space": frozenset({"README.md", "requirements.txt"}),
}
MODULE = re.compile(r"(?:[a-z][a-z0-9_]*/)*(?:[a-z][a-z0-9_]*|__init__)\.(?:css|js|py)")


def may_leave(part: PartName, path: str) -> bool:
    """Whether a version's repository has a file of that name."""
    return path in ALLOWED[part] or (part == "space" and MODULE.fullmatch(path) is not None)


def strangers(folder: Path) -> Iterator[tuple[str, str]]:
    """What lies below a folder and is no plain file with bytes in it, and what it is."""
    for path in sorted([folder, *folder.rglob("*")]):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield name, "is a link, and a link is never published"
        elif not path.is_dir() and not path.is_file():
            yield name, "is no plain file, and never published"
        elif path.is_file() and not path.stat().st_size and path.suffix != ".py":
            yield name, "is empty"
