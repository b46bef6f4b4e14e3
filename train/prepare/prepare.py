"""The stage `prepare`: sources in, a dataset out, and a reason for everything that is not in it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tqdm import tqdm

from train.errors import StageError
from train.prepare import sources
from train.prepare.clean import clean
from train.prepare.dedupe import without_copies
from train.prepare.document import Document, Dropped
from train.prepare.keep import measures, reason_to_drop
from train.prepare.report import DatasetReport
from train.prepare.split import split
from train.prepare.words import count
from train.prepare.write import write_dropped, write_splits
from train.recipe import Recipe
from train.run import Run, as_json, digest_of, digest_of_code, digests, finished, replacing, write_text
from train.sections import Keep, Source

REPORT = "report.json"


@dataclass
class _Corpus:
    kept: list[Document] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    changed: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)


def prepare(recipe: Recipe, run: Run) -> DatasetReport:
    """Write the recipe's clean rows to `run.dataset` and say what was dropped, and why."""
    pinned = sources.pin(recipe.sources)
    key = _key(recipe, pinned)
    if done := finished(DatasetReport, run.dataset / REPORT, key):
        return done
    corpus = _cleaned(_documents(pinned), recipe.keep)
    unique = without_copies(corpus.kept)
    corpus.dropped.extend(unique.dropped)
    if not unique.clusters:
        raise _nothing_left(recipe, corpus)
    splits = split(unique.clusters, recipe.split)
    with replacing(run.dataset) as folder:
        write_splits(folder, splits)
        write_dropped(folder / "dropped.jsonl", sorted(corpus.dropped, key=lambda each: each.id))
        report = _report(recipe, key, pinned, corpus, splits, folder)
        write_text(folder / REPORT, as_json(report))
    return report


def _key(recipe: Recipe, pinned: Sequence[Source]) -> str:
    read = [[sources.name(source), source.kind, source.revision, source.columns] for source in pinned]
    asked = {"name": recipe.name, "keep": asdict(recipe.keep), "split": asdict(recipe.split), "read": read}
    return digest_of(as_json(asked), digest_of_code("train/prepare"))


def _documents(pinned: Iterable[Source]) -> Iterator[Document | Dropped]:
    for source in pinned:
        yield from sources.read(source)


def _cleaned(documents: Iterable[Document | Dropped], keep: Keep) -> _Corpus:
    corpus = _Corpus()
    for each in tqdm(documents, desc="prepare", unit="document", disable=None):
        corpus.read[each.source] += 1
        if isinstance(each, Dropped):
            corpus.dropped.append(each)
        else:
            _sort_in(corpus, each, keep)
    return corpus


def _sort_in(corpus: _Corpus, document: Document, keep: Keep) -> None:
    cleaned, changed = clean(document)
    corpus.changed.update(changed)
    reason = reason_to_drop(cleaned, keep)
    if reason is None:
        corpus.kept.append(cleaned)
    else:
        dropped = Dropped(cleaned.id, cleaned.title, cleaned.source, reason, measures(cleaned))
        corpus.dropped.append(dropped)


def _nothing_left(recipe: Recipe, corpus: _Corpus) -> StageError:
    reasons = Counter(each.reason for each in corpus.dropped).most_common()
    why = ", ".join(f"{number} {reason}" for reason, number in reasons) or "nothing was read"
    what = f"No document of {recipe.name} is left: {why}."
    return StageError(what, fix="edit keep in the recipe, or add a source to it")


def _report(
    recipe: Recipe,
    key: str,
    pinned: Sequence[Source],
    corpus: _Corpus,
    splits: Mapping[str, Sequence[Document]],
    folder: Path,
) -> DatasetReport:
    return DatasetReport(
        key=key,
        recipe=recipe.name,
        read={name: corpus.read[name] for name in map(sources.name, pinned)},
        kept=sum(map(len, splits.values())),
        dropped=dict(Counter(each.reason for each in corpus.dropped)),
        changed=dict(corpus.changed),
        rows={name: len(documents) for name, documents in splits.items()},
        words={name: sum(count(each.text) for each in documents) for name, documents in splits.items()},
        files=digests(folder),
        revisions={sources.name(source): str(source.revision) for source in pinned},
    )
