"""Deal documents to train, validation and test, so that nothing held out is like anything trained on."""

from collections.abc import Sequence

from train.errors import StageError
from train.prepare.document import Document
from train.run import digest_of
from train.sections import Split

Cluster = Sequence[Document]
TRAIN, VALIDATION, TEST = SPLITS = ("train", "validation", "test")


def split(clusters: Sequence[Cluster], shares: Split) -> dict[str, list[Document]]:
    """The documents of each split, by id; a cluster stays whole, and its place depends on ids alone."""
    rows = sum(map(len, clusters))
    wanted = {TEST: _rows(shares.test, rows), VALIDATION: _rows(shares.validation, rows)}
    dealt, waiting = {}, sorted(clusters, key=_lot)
    for name, size in wanted.items():
        dealt[name], waiting = _take(waiting, size)
    dealt[TRAIN] = [document for cluster in waiting for document in cluster]
    empty = [name for name in SPLITS if not dealt[name] and wanted.get(name, 1)]
    if empty:
        what = f"{rows} documents in {len(clusters)} groups of like texts leave none for {empty[0]}."
        raise StageError(what, fix="add a source to the recipe, or keep more")
    return {name: sorted(dealt[name], key=lambda document: document.id) for name in SPLITS}


def _rows(share: float, rows: int) -> int:
    return max(1, round(share * rows)) if share else 0


def _lot(cluster: Cluster) -> str:
    return digest_of(min(document.id for document in cluster))


def _take(waiting: Sequence[Cluster], size: int) -> tuple[list[Document], list[Cluster]]:
    """Whole clusters, in turn, while they fit, or else the smallest one; and the clusters that are left."""
    taken: list[Document] = []
    left: list[Cluster] = []
    for cluster in waiting:
        fits = len(taken) + len(cluster) <= size
        taken.extend(cluster if fits else ())
        left.extend(() if fits else (cluster,))
    if size and not taken and len(left) > 1:
        smallest = min(range(len(left)), key=lambda place: len(left[place]))
        taken.extend(left.pop(smallest))
    return taken, left
