"""Deal documents to train, validation and test, so that nothing held out is like anything trained on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from train.errors import StageError
from train.run import digest_of
from train.sections import Split

TRAIN, VALIDATION, TEST = SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Member:
    """What decides where a document goes."""

    place: int
    id: str
    date: str = ""  # YYYY-MM-DD, or nothing
    private: bool = False


Cluster = Sequence[Member]


def split(clusters: Sequence[Cluster], shares: Split) -> dict[int, str]:
    """The split of each place; a cluster stays whole, and what is private is never held out."""
    rows = sum(map(len, clusters))
    wanted = {TEST: _rows(shares.test, rows), VALIDATION: _rows(shares.validation, rows)}
    order = _newest_first if shares.by == "date" else _by_lot
    homes, waiting = dict.fromkeys(_places(clusters), TRAIN), order(clusters)
    for name, size in wanted.items():
        taken, waiting = _take(waiting, size)
        homes |= dict.fromkeys(_places(taken), name)
    empty = [name for name in SPLITS if name not in homes.values() and wanted.get(name, 1)]
    if empty:
        what = f"{rows} documents in {len(clusters)} groups of like texts leave none for {empty[0]}."
        kinds = "dated and public ones" if shares.by == "date" else "public ones"
        raise StageError(what, fix=f"add a source to the recipe, or keep more; only {kinds} can be held out")
    return homes


def _rows(share: float, rows: int) -> int:
    return max(1, round(share * rows)) if share else 0


def _places(clusters: Iterable[Cluster]) -> list[int]:
    return [member.place for cluster in clusters for member in cluster]


def _public(clusters: Iterable[Cluster]) -> list[Cluster]:
    return [cluster for cluster in clusters if not any(member.private for member in cluster)]


def _by_lot(clusters: Iterable[Cluster]) -> list[Cluster]:
    return sorted(_public(clusters), key=_lot)


def _lot(cluster: Cluster) -> str:
    return digest_of(min(member.id for member in cluster))


def _newest_first(clusters: Iterable[Cluster]) -> list[Cluster]:
    """Those that could be told to come after the others: all of them dated, the oldest text decides."""
    dated = [cluster for cluster in _by_lot(clusters) if all(member.date for member in cluster)]
    return sorted(dated, key=lambda cluster: min(member.date for member in cluster), reverse=True)


def _take(waiting: Sequence[Cluster], size: int) -> tuple[list[Cluster], list[Cluster]]:
    """Whole clusters, in turn, while they fit, or else the smallest one; and the clusters that are left."""
    taken: list[Cluster] = []
    left: list[Cluster] = []
    held = 0
    for cluster in waiting:
        fits = held + len(cluster) <= size
        (taken if fits else left).append(cluster)
        held += len(cluster) if fits else 0
    if size and not taken and left:
        smallest = min(range(len(left)), key=lambda place: len(left[place]))
        taken.append(left.pop(smallest))
    return taken, left
