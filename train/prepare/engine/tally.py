"""What was counted in all chunks, put together as the report of the stage."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from train.prepare.engine.corpus import Corpus
from train.prepare.engine.shard import NOTED, Row, Tally
from train.prepare.report import DatasetReport, SourceReport
from train.prepare.scan.removed import joined
from train.prepare.showing.sample import Sample
from train.prepare.split import SPLITS
from train.recipe import Recipe
from train.sections import Source

DEMO_DOCUMENTS, DEMO_WORDS = 50, 100_000  # fewer allow no claim


def added(tallies: Sequence[Tally]) -> Tally:
    """All tallies as one."""
    return Tally(
        digest="",
        characters=sum(each.characters for each in tallies),
        read=_sum(tallies, lambda each: each.read),
        changed=_sum(tallies, lambda each: each.changed),
        personal=_sum(tallies, lambda each: each.personal),
        pairs=_sum(tallies, lambda each: each.pairs),
        notes=_sum(tallies, lambda each: each.notes),
        removed=joined(each.removed for each in tallies),
        samples=_firsts(sample for each in tallies for sample in each.samples),
        secrets=tuple(secret for each in tallies for secret in each.secrets),
        dropped=tuple(dropped for each in tallies for dropped in each.dropped),
    )


def report(
    recipe: Recipe,
    key: str,
    pinned: Sequence[Source],
    tally: Tally,
    found: Corpus,
    homes: Mapping[int, str],
) -> DatasetReport:
    """The report of a corpus that is dealt to `homes`; the files are not in it yet."""
    kept = list(found.kept())
    public = [(homes[place], found.rows[place]) for place in homes if not found.rows[place].private]
    return DatasetReport(
        key=key,
        recipe=recipe.name,
        read={source.name: tally.read.get(source.name, 0) for source in pinned},
        kept=len(kept),
        dropped=dict(Counter(each.reason for each in tally.dropped)),
        changed=dict(tally.changed),
        rows={name: sum(home == name for home, _ in public) for name in SPLITS},
        words={name: sum(row.count for home, row in public if home == name) for name in SPLITS},
        files={},
        revisions={source.name: str(source.revision) for source in pinned},
        sources={source.name: _source(source, tally, kept) for source in pinned},
        repeated={"exact": found.repeated.exact, "near": found.repeated.near},
        personal=dict(tally.personal),
        pairs=dict(tally.pairs),
        notes=_shares(tally.notes),
        private=len(kept) - len(public),
        demo=len(kept) < DEMO_DOCUMENTS or sum(row.count for row in kept) < DEMO_WORDS,
    )


def _sum(tallies: Iterable[Tally], counts: Callable[[Tally], Mapping[str, int]]) -> Mapping[str, int]:
    total = Counter[str]()
    for each in tallies:
        total.update(counts(each))
    return dict(total)


def _firsts(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    found: dict[str, Sample] = {}
    for sample in samples:
        found.setdefault(sample.rule, sample)
    return tuple(found.values())


def _source(source: Source, tally: Tally, kept: Iterable[Row]) -> SourceReport:
    own = [row.count for row in kept if row.source == source.name]
    lost = Counter(each.reason for each in tally.dropped if each.source == source.name)
    read = tally.read.get(source.name, 0)
    return SourceReport(str(source.revision), source.license, read, len(own), sum(own), dict(lost))


def _shares(notes: Mapping[str, int]) -> dict[str, float]:
    asked = notes.get(NOTED, 0)
    return {name: round(number / asked, 4) for name, number in notes.items() if name != NOTED and asked}
