"""The dropped rows of a prepared dataset, for a person to page through."""

import json
from collections.abc import Iterator
from itertools import groupby

from train.errors import StageError
from train.prepare.document import Dropped
from train.prepare.write import DROPPED
from train.run import Run

LONGEST = 120  # characters


def dropped(run: Run, recipe: str) -> list[Dropped]:
    """Every dropped row, of the last `prepare` that read to the end: also of one of which nothing came."""
    failed = sorted((run.folder / "work").glob(f"*/{DROPPED}"))
    path = next(iter(failed), run.dataset / DROPPED)
    try:
        lines = path.read_bytes().splitlines()  # of text it would take a Unicode line separator for an end
    except FileNotFoundError as error:
        what = f"{path} is missing: no `prepare` of {recipe} has read its sources to the end."
        raise StageError(what, fix=f"python -m train prepare {recipe}") from error
    return [Dropped(**json.loads(line)) for line in lines]


def told(rows: list[Dropped]) -> str:
    """Every dropped row under its reason, the commonest reason first."""
    groups = [list(group) for _, group in groupby(sorted(rows, key=_reason), key=_reason)]
    groups.sort(key=lambda group: (-len(group), group[0].reason))
    lines = [line for group in groups for line in _told(group)]
    return "\n".join(lines) + "\n" if lines else "Nothing was dropped.\n"


def _reason(row: Dropped) -> str:
    return row.reason


def _cut(title: str) -> str:
    """As much of a title as tells it from others: a broken source can take a whole text for one."""
    return title if len(title) <= LONGEST else f"{title[:LONGEST]}…"


def _told(group: list[Dropped]) -> Iterator[str]:
    yield f"{group[0].reason}: {len(group):,}"
    for row in group:
        title = f"  {_cut(row.title)}" if row.title else ""
        detail = f"  ({row.detail})" if row.detail else ""
        yield f"  {row.id}{title}{detail}"
    yield ""
