"""One repository of a version as it arrives at a stranger's: what the Hub lists, and the bytes."""

import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub.hf_api import RepoFile

from train import version
from train.client import transfers_shown
from train.patience import GarbledError, asked
from train.release.payload import Files, file_at
from train.release.published.banner import CARD
from train.release.published.place import commit_of, part_of
from train.release.published.standing import NAME as YANKED
from train.release.repository import Repository, Tree, content, is_same, tree

_TRAILER = r"^{}: *(\S+) *$"


@dataclass(frozen=True)
class Copy:
    """A part of a version: its commit, what the Hub lists there, and each file as it came."""

    part: str
    repository: Repository
    revision: str
    commit: str
    message: str  # of the commit
    listed: Tree
    files: Files
    folder: Path

    @property
    def is_version(self) -> bool:
        """Whether it was asked for by a version's tag, whose files are what they are for ever."""
        return bool(version.among([self.revision]))

    @property
    def open_files(self) -> frozenset[str]:
        """What may be otherwise than released: on `main` people write in the card, and so does `yank`."""
        return frozenset() if self.is_version else frozenset({CARD, YANKED})

    def digests(self) -> dict[str, str]:
        """Every file's SHA-256."""
        return {path: file.sha256 for path, file in self.files.items()}

    def text(self, path: str) -> bytes | None:
        """A file's content, if there is such a file."""
        return (self.folder / path).read_bytes() if path in self.files else None

    def trailer(self, name: str) -> str:
        """What the commit's message says under a name; empty if it says nothing."""
        found = re.search(_TRAILER.format(re.escape(name)), self.message, re.MULTILINE)
        return found[1] if found else ""


def fetch(repository: Repository, revision: str, folder: Path) -> Copy:
    """Fetch every file of a revision into `folder`, under the part's name."""
    commit, part = commit_of(repository, revision), part_of(repository)
    listed = tree(repository, commit)
    with transfers_shown(sum(entry.size for entry in listed.values())):
        held = asked(
            lambda: repository.api.snapshot_download(
                repository.id, repo_type=repository.kind, revision=commit
            )
        )
    for path, entry in listed.items():
        _lay(Path(held) / path, folder / part / path)
        if not is_same(entry, file_at(folder / part / path)):
            _fetch_again(repository, commit, entry, folder / part / path)
    return Copy(
        part=part,
        repository=repository,
        revision=revision,
        commit=commit,
        message=message_at(repository, commit),
        listed=listed,
        files={path: file_at(folder / part / path) for path in sorted(listed)},
        folder=folder / part,
    )


def message_at(repository: Repository, commit: str) -> str:
    """What the author of a commit wrote about it."""
    past = asked(
        lambda: repository.api.list_repo_commits(repository.id, repo_type=repository.kind, revision=commit)
    )
    return f"{past[0].title}\n\n{past[0].message}" if past else ""


def _fetch_again(repository: Repository, commit: str, entry: RepoFile, path: Path) -> None:
    """Take a file afresh if it broke on its way or in this machine's cache; if it still breaks, so be it."""
    with suppress(GarbledError):
        whole = content(repository, commit, entry)
        path.unlink()  # the cache's own copy has the same inode
        path.write_bytes(whole)


def _lay(source: Path, target: Path) -> None:
    """Put a file where no link leads out of the folder, without a second copy if the disk allows."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)
