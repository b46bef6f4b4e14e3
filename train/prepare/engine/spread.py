"""A corpus refined on many machines: each fills its part of the shards, and `prepare` finds them all."""

from itertools import islice

from train.prepare.engine.chunks import chunks
from train.prepare.engine.reading import documents, key_of, pin
from train.prepare.engine.work import is_missing, make
from train.recipe import Recipe
from train.run import Run


def fill(recipe: Recipe, run: Run, part: int, parts: int) -> int:
    """Write every `parts`-th shard from `part` on, those that are there excepted; how many that were.

    All of them together are what `prepare` leaves when it is stopped before its last step. Reading is cheap
    beside refining, so every part reads the sources itself, and no document travels between machines.
    """
    pinned = pin(recipe)
    folder = run.folder / "work" / key_of(recipe, pinned)
    own = islice(chunks(documents(pinned)), part, None, parts)
    return len([make(chunk, recipe, folder) for chunk in own if is_missing(chunk, folder)])
