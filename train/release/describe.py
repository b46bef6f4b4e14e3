"""Results in, the facts of three cards out."""

from collections.abc import Collection, Mapping

from cards.corpus import Corpus, Overlap, Split
from cards.duties import adapter_duties
from cards.energy import estimate
from cards.facts import (
    Base,
    Column,
    DatasetFacts,
    License,
    ModelFacts,
    Origin,
    Pictures,
    Version,
)
from cards.front import shortened
from cards.markdown import one_line
from cards.origin import Words
from cards.space import Served, SpaceFacts
from train.recipe import Recipe
from train.release import measured
from train.release.code import Code
from train.release.results import Results
from train.release.sourced import ROWS
from train.release.tables import Table
from train.release.terms import combination_of
from train.version import parse

EXAMPLE = 48  # characters of a cell: a longer one makes the table scroll
SPLITS = ("train", "validation", "test")
MEANINGS = {
    "id": "the source and the place in it: no two rows share one",
    "title": "its title",
    "formal": "the same said formally: what a writer is given",
    "text": "the cleaned text in Markdown: what a writer learns to write",
    "words": "how many words the text has",
    "date": "when it was published, where its source says so",
    "author": "who wrote it, where its source says so",
    "language": "its language, where its source says so",
    "license": "what its source allows",
    "origin": "where in its source the text was found",
    "source": "the source it was read from",
    "kind": "what it was there: a post, a page, an answer",
}


def version_of(recipe: Recipe, tag: str) -> Version:
    """The three repositories at one tag."""
    publish = recipe.publish
    space = None if parse(tag).is_prerelease else publish.space
    return Version(tag, publish.dataset, publish.adapter, space)


def corpus_of(results: Results, tables: Mapping[str, Table], private: Collection[str] = ()) -> Corpus:
    """What was read, kept and dropped; what weighs most comes first, and `private` sources have no name."""
    report = results.dataset
    splits = [
        Split(name, tables[name].path, report.rows[name], report.words[name], tables[name].bytes)
        for name in SPLITS
        if name in tables
    ]
    return Corpus(
        read=_public(report.read, private),
        kept=report.kept,
        dropped=_most_first(report.dropped),
        changed=_most_first(report.changed),
        splits=tuple(splits),
        repeated={kind: number for kind, number in report.repeated.items() if number},
        masked={kind: number for kind, number in sorted(report.personal.items()) if number},
        overlap=Overlap(report.leakage.runs, report.leakage.found) if report.leakage.runs else None,
        private=report.private,
        demo=report.demo,
    )


def _public(read: Mapping[str, int], private: Collection[str]) -> dict[str, int]:
    hidden = [number for name, number in read.items() if name in private]
    named = {name: number for name, number in read.items() if name not in private}
    return named | ({"private sources": sum(hidden)} if hidden else {})


def model_facts(
    recipe: Recipe, tag: str, results: Results, corpus: Corpus, code: Code, pictures: Pictures
) -> ModelFacts:
    """What the adapter's card says; `pictures` are those that lie beside it."""
    training = measured.training(results)
    return ModelFacts(
        title=recipe.title,
        language=recipe.language,
        license=License(recipe.publish.adapter_license),
        version=version_of(recipe, tag),
        base=Base(results.training.base, results.training.base_revision),
        usage=measured.usage(results.writer),
        sample=measured.sample(results),
        evidence=measured.evidence(results),
        training=training,
        corpus=corpus,
        origin=_origin(results, code),
        notes=recipe.notes,
        combination=combination_of(recipe, results),
        energy=estimate(training),
        pictures=pictures,
        withheld=measured.withheld(results),
        gguf="adapter.gguf" in results.training.files,
    )


def dataset_facts(
    recipe: Recipe,
    tag: str,
    results: Results,
    corpus: Corpus,
    tables: Mapping[str, Table],
    picture: str,
) -> DatasetFacts:
    """What the dataset's card says; a private one shows no row."""
    train = tables["train"]
    row = {} if recipe.publish.private else train.first
    return DatasetFacts(
        title=recipe.title,
        language=recipe.language,
        license=License(recipe.publish.dataset_license),
        version=version_of(recipe, tag),
        corpus=corpus,
        columns=tuple(_column(name, dtype, row) for name, dtype in train.columns),
        download_bytes=sum(table.file_bytes for table in tables.values()),
        digest=Words(results.rows, ROWS),
        sample=row.get("text"),
        notes=recipe.notes,
        combination=combination_of(recipe, results),
        picture=picture,
    )


def _column(name: str, dtype: str, row: Mapping[str, str]) -> Column:
    example = "" if name == "text" else shortened(one_line(row.get(name, "")), EXAMPLE)
    return Column(name, dtype, MEANINGS.get(name, ""), example)


def space_facts(recipe: Recipe, tag: str, results: Results, gradio: str) -> SpaceFacts:
    """What the Space's page says, as long as it serves this writer alone."""
    served = Served(
        title=recipe.title,
        version=version_of(recipe, tag),
        base=Base(results.training.base, results.training.base_revision),
        license=License(recipe.publish.adapter_license),
        badges=adapter_duties(combination_of(recipe, results)).badges,
    )
    return SpaceFacts(recipe.title, gradio, (served,))


def _origin(results: Results, code: Code) -> Origin:
    return Origin(
        commit=code.commit,
        tree=code.tree,
        dirty=code.dirty,
        dataset=results.training.dataset,
        adapter=results.weights,
        packages=dict(sorted(results.training.versions.items())),
    )


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
