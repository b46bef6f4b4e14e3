"""Documents as they were read in, shards out: over processes, and from where a stopped run was."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

import numpy

from train.bar import Bar
from train.prepare.copies.paragraphs import may_go, paragraphs
from train.prepare.copies.sketch import Measure, Words, hashed, sketch, words
from train.prepare.dedupe import DOCUMENTS, PARAGRAPH_WORDS, PARAGRAPHS
from train.prepare.document import Document, Dropped
from train.prepare.engine import crew
from train.prepare.engine.chunks import Chunk, chunks
from train.prepare.engine.shard import NOTED, Pieces, Shard, Tally, write_shard
from train.prepare.refine import Refined, refine
from train.prepare.scan.removed import joined
from train.prepare.showing.sample import Sample, samples
from train.prepare.words import count
from train.recipe import Recipe
from train.sections import Clean

CORES = 2  # one reader feeds no more than that


@dataclass(frozen=True)
class _Place:
    owner: int
    number: int
    start: int
    length: int


def shards(
    found: Iterable[Document | Dropped], recipe: Recipe, folder: Path, workers: int | None = None
) -> tuple[Shard, ...]:
    """Everything that is read, refined and sketched, in shards below `folder`; those that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    every = chunks(found)
    start = list(islice(every, 2))
    workers = (workers or min(CORES, os.cpu_count() or 1)) if len(start) > 1 else 1
    numbers: list[int] = []
    job = partial(make, recipe=recipe, folder=folder)
    with Bar("prepare", "document") as bar:
        show = _shower(bar)
        waiting = _waiting(chain(start, every), folder, numbers, show)
        for chunk in crew.each(job, waiting, workers, f"python -m train prepare {recipe.name}"):
            show(*chunk)
    return tuple(Shard(_path(folder, number)) for number in numbers)


def is_missing(chunk: Chunk, folder: Path) -> bool:
    """Whether the shard of this chunk is still to be made."""
    return not Shard(_path(folder, chunk.number)).is_of(chunk.digest)


def make(chunk: Chunk, recipe: Recipe, folder: Path) -> tuple[int, int]:
    """Write the shard of one chunk; how many documents and characters that was."""
    refined = [refine(document, recipe) for document in chunk.documents]
    kept = [(document, count(document.text)) for each in refined for document in each.documents]
    numbers, pieces = sketched([document for document, _ in kept])
    write_shard(_path(folder, chunk.number), _tally(chunk, refined, recipe.clean), kept, numbers, pieces)
    return len(chunk.documents) + len(chunk.dropped), chunk.characters


def sketched(documents: Sequence[Document]) -> tuple[Words, dict[str, Pieces]]:
    """The words of these documents as numbers, and the sketches of documents and of longer paragraphs."""
    spoken: list[Words] = [numpy.empty(0, numpy.uint32)]
    texts: list[_Place] = []
    parts: list[_Place] = []
    end = 0
    for owner, document in enumerate(documents):
        start = end
        for number, piece in enumerate(paragraphs(document.text)):
            spoken.append(hashed(words(piece)))
            length = len(spoken[-1])
            if length >= PARAGRAPH_WORDS and not document.formal and may_go(piece):
                parts.append(_Place(owner, number, end, length))
            end += length
        texts.append(_Place(owner, 0, start, end - start))
    every = numpy.concatenate(spoken)
    measured = (("documents", texts, DOCUMENTS), ("paragraphs", parts, PARAGRAPHS))
    return every, {kind: _pieces(every, places, measure) for kind, places, measure in measured}


def _pieces(every: Words, places: Sequence[_Place], measure: Measure) -> Pieces:
    columns = [(each.owner, each.number, each.start, each.length) for each in places]
    owners, numbers, starts, lengths = numpy.array(columns, numpy.int64).reshape(-1, 4).T.copy()
    return Pieces(owners, numbers, sketch(every, starts, lengths, measure))


def _waiting(
    every: Iterable[Chunk], folder: Path, numbers: list[int], show: Callable[[int, int], None]
) -> Iterator[Chunk]:
    for chunk in every:
        numbers.append(chunk.number)
        if is_missing(chunk, folder):
            yield chunk
        else:
            show(len(chunk.documents) + len(chunk.dropped), chunk.characters)


def _shower(bar: Bar) -> Callable[[int, int], None]:
    done = Counter[str]()

    def show(documents: int, characters: int) -> None:
        done["characters"] += characters
        bar.set_postfix_str(f"{done['characters'] / 1e6:.0f} MB", refresh=False)
        bar.update(documents)

    return show


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:06}"


def _tally(chunk: Chunk, refined: Sequence[Refined], wishes: Clean) -> Tally:
    pairs = list(zip(chunk.documents, refined, strict=True))
    lost = [hushed(lost, document.private) for document, each in pairs for lost in each.dropped]
    noted = [each for each in refined if each.documents]
    return Tally(
        digest=chunk.digest,
        characters=chunk.characters,
        read=_counted(source for source in chunk.sources),
        changed=_counted(name for each in refined for name in each.changed),
        personal=_added(each.personal for each in refined),
        pairs=_added(each.pairs for each in refined),
        removed=joined(each.removed for each in refined),
        notes={NOTED: len(noted)} | _counted(name for each in noted for name in each.notes),
        samples=tuple(_samples(pairs, wishes)),
        secrets=tuple(secret for each in refined for secret in each.secrets),
        dropped=(*chunk.dropped, *lost),
    )


def _samples(pairs: Iterable[tuple[Document, Refined]], wishes: Clean) -> Iterator[Sample]:
    """What each rule did where it was first at work; the steps are only taken again where there is news."""
    known: set[str] = set()
    for document, refined in pairs:
        if refined.changed - known and not document.private:
            for sample in samples(document, wishes, known):
                known.add(sample.rule)
                yield sample
            known |= refined.changed


def hushed(dropped: Dropped, private: bool) -> Dropped:
    """No word of a private text is written down where drops are explained."""
    return replace(dropped, title="", detail="") if private else dropped


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names))


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for each in counts:
        total.update(each)
    return dict(total)
