"""`main` put to the files of a version, by copies on the Hub's own side, in one commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete
from huggingface_hub.hf_api import RepoFile

from cards.own import with_own_section
from train.licensing import PAPERS
from train.patience import ensured
from train.release.payload import Files, text_file
from train.release.published.banner import CARD, on_main, with_banner
from train.release.published.sealed import SUMS
from train.release.published.standing import NAME, Yanked
from train.release.repository import MAIN, Repository, Snapshot, Tree, content, is_same, snapshot, tree


@dataclass(frozen=True)
class Wanted:
    """What `main` is to hold: files as they are at a commit, and files of our own."""

    kept: Tree
    at: str
    own: Files = field(default_factory=dict)

    def lacks(self, held: Tree) -> list[str]:
        """The paths at which a tree is not that."""
        return sorted(path for path in {*held, *self.kept, *self.own} if not self._has(held, path))

    def _has(self, held: Tree, path: str) -> bool:
        if path in self.own:
            return is_same(held.get(path), self.own[path])
        return key(held.get(path)) == key(self.kept.get(path))


def ensure_main(repository: Repository, wanted: Callable[[Snapshot], Wanted], title: str, why: str) -> str:
    """The head of `main` that holds what `wanted` says for it as it is now."""
    seen: list[Snapshot] = []

    def look() -> str | None:
        seen[:] = [snapshot(repository, MAIN)]
        return None if wanted(seen[0]).lacks(seen[0].tree) else seen[0].head

    def write() -> None:
        now = seen[0]
        repository.api.create_commit(
            repository.id,
            _operations(wanted(now), now.tree),
            repo_type=repository.kind,
            revision=MAIN,
            parent_commit=now.head,
            commit_message=title,
            commit_description=why,
        )

    return ensured(look, write, what=lambda: f"{title!r} on {MAIN} of {repository.id}")


def version_on_main(
    repository: Repository, target: str | None, yanked: Sequence[Yanked], instead_of: str | None = None
) -> Callable[[Snapshot], Wanted]:
    """What `main` of a dataset or adapter holds once it shows the commit `target`.

    With `instead_of` it moves only if it shows that commit; where there is no target, nothing but the
    card and the licences stay then. What a person wrote in the card stays in any case.
    """

    def wanted(now: Snapshot) -> Wanted:
        moves = instead_of is None or shows(now.tree, tree(repository, instead_of))
        at = target if moves and target else now.head
        held = tree(repository, at) if at != now.head else now.tree
        kept = held if not moves or target else {path: held[path] for path in held if _stays(path)}
        return Wanted(_without(kept, CARD, NAME), at, _own(repository, now, at, held, yanked))

    return wanted


def key(entry: RepoFile | None) -> str:
    """What tells a file's bytes from others."""
    return "" if entry is None else entry.lfs.sha256 if entry.lfs else entry.blob_id


def shows(held: Tree, version: Tree) -> bool:
    """Whether a tree holds the files of a version, by its list of them."""
    return SUMS in held and key(held[SUMS]) == key(version.get(SUMS))


def card_at(repository: Repository, commit: str, held: Tree) -> str:
    """The text of a card, found to be the one that the Hub lists; empty if there is none."""
    return content(repository, commit, held[CARD]).decode() if CARD in held else ""


def _own(repository: Repository, now: Snapshot, at: str, held: Tree, yanked: Sequence[Yanked]) -> Files:
    card, current = card_at(repository, at, held), card_at(repository, now.head, now.tree)
    page = text_file(with_banner(with_own_section(current, card), ()))
    return on_main({CARD: page}, yanked)


def _stays(path: str) -> bool:
    return path in PAPERS


def _without(held: Tree, *names: str) -> Tree:
    return {path: entry for path, entry in held.items() if path not in names}


def _operations(
    wanted: Wanted, held: Mapping[str, RepoFile]
) -> list[CommitOperationAdd | CommitOperationCopy | CommitOperationDelete]:
    return [_operation(wanted, path) for path in wanted.lacks(dict(held))]


def _operation(wanted: Wanted, path: str) -> CommitOperationAdd | CommitOperationCopy | CommitOperationDelete:
    if path in wanted.own:
        return CommitOperationAdd(path, wanted.own[path].content)
    if path in wanted.kept:
        return CommitOperationCopy(path, path, src_revision=wanted.at)
    return CommitOperationDelete(path)
