"""What is read, in which order, and what the rows depend on: the same on every machine."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace

from train.licensing import check_licenses, combination, sources_of
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.prepare.engine.work import hushed
from train.recipe import Recipe
from train.run import as_json, digest_of, digest_of_code
from train.sections import Source

LOG = logging.getLogger(__name__)


def pin(recipe: Recipe) -> tuple[Source, ...]:
    """The sources with the revisions that they have now, if their licences may meet."""
    check_licenses(combination(recipe, sources_of(recipe)))
    return sources.pin(recipe.sources)


def key_of(recipe: Recipe, pinned: Sequence[Source]) -> str:
    """What the rows depend on; where the sources lie on this machine is no part of it."""
    read = [asdict(replace(source, path="")) for source in pinned]
    asked = (recipe.name, recipe.language, recipe.clean, recipe.scan, recipe.keep, recipe.pairs, recipe.split)
    return digest_of(as_json(read), as_json(asked), digest_of_code("train/prepare"))


def documents(pinned: Iterable[Source]) -> Iterator[Document | Dropped]:
    """Everything that the pinned sources hold; of copies the public one stays, so it is read first."""
    for source in sorted(pinned, key=lambda source: source.private):
        LOG.info("%s is %s, %s", source.name, source.kind, source.path)
        for each in sources.read(source):
            yield hushed(each, source.private) if isinstance(each, Dropped) else each
