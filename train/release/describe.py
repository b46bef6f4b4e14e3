"""Results in, the facts of three cards out."""

from collections.abc import Mapping

from cards.facts import (
    Base,
    Column,
    Corpus,
    DatasetFacts,
    Evidence,
    Figure,
    License,
    Loss,
    ModelFacts,
    Origin,
    Overlap,
    Request,
    Sample,
    SpaceFacts,
    Split,
    Training,
    Usage,
    Version,
)
from train.evaluate.report import Sample as Written
from train.recipe import Recipe
from train.release.code import Code
from train.release.results import Results
from train.release.tables import Table
from train.release.version import parse
from train.sections import Decoding, Option
from train.tune.report import Writer

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


def corpus_of(results: Results, tables: Mapping[str, Table]) -> Corpus:
    """What was read, kept and dropped; what weighs most comes first."""
    report = results.dataset
    splits = [
        Split(name, tables[name].path, report.rows[name], report.words[name], tables[name].bytes)
        for name in SPLITS
        if name in tables
    ]
    return Corpus(
        read=report.read,
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


def model_facts(recipe: Recipe, tag: str, results: Results, corpus: Corpus, code: Code) -> ModelFacts:
    """What the adapter's card says."""
    return ModelFacts(
        title=recipe.title,
        language=recipe.language,
        license=License(recipe.publish.adapter_license),
        version=version_of(recipe, tag),
        base=Base(results.training.base, results.training.base_revision),
        usage=_usage(results.writer),
        sample=_sample(results),
        evidence=_evidence(results),
        training=_training(results),
        corpus=corpus,
        origin=_origin(results, code),
        notes=recipe.notes,
    )


def dataset_facts(
    recipe: Recipe,
    tag: str,
    results: Results,
    corpus: Corpus,
    tables: Mapping[str, Table],
) -> DatasetFacts:
    """What the dataset's card says; a private one shows no row."""
    return DatasetFacts(
        title=recipe.title,
        language=recipe.language,
        license=License(recipe.publish.dataset_license),
        version=version_of(recipe, tag),
        corpus=corpus,
        columns=tuple(Column(name, dtype, MEANINGS.get(name, "")) for name, dtype in tables["train"].columns),
        download_bytes=sum(table.file_bytes for table in tables.values()),
        digest=results.rows,
        sample=None if recipe.publish.private else tables["train"].first_text,
        notes=recipe.notes,
    )


def space_facts(recipe: Recipe, tag: str, results: Results, gradio: str) -> SpaceFacts:
    """What the Space's page says."""
    return SpaceFacts(
        title=recipe.title,
        license=License(recipe.publish.adapter_license),
        version=version_of(recipe, tag),
        base=Base(results.training.base, results.training.base_revision),
        gradio=gradio,
    )


def generate_arguments(decoding: Decoding) -> dict[str, bool | int | float]:
    """The decoding that the evidence was made with, as arguments of `generate`."""
    sampling: dict[str, bool | int | float] = {
        "do_sample": True,
        "temperature": decoding.temperature,
        "top_p": decoding.top_p,
        "top_k": 0,
    }
    chosen = sampling if decoding.temperature > 0 else {"do_sample": False}
    penalty = {"repetition_penalty": decoding.repetition_penalty} if decoding.repetition_penalty != 1 else {}
    return {"max_new_tokens": decoding.max_new_tokens, **chosen, **penalty}


def _usage(writer: Writer) -> Usage:
    others = {name: each for name, each in writer.inputs.items() if name != writer.message}
    examples = writer.inputs[writer.message].examples
    return Usage(
        request=Request(
            message=examples[0] if examples else writer.title,
            arguments={name: each.default for name, each in others.items() if each.default is not None},
        ),
        generate=generate_arguments(writer.decoding),
        options={name: each.choices for name, each in others.items() if each.choices},
    )


def _sample(results: Results) -> Sample | None:
    whole = (each for each in results.samples if each.writer == "adapter" and not each.lacks)
    first: Written | None = next(whole, None)
    if first is None:
        return None
    arguments = {name: value for name, value in first.inputs.items() if value is not None}
    return Sample(Request(first.title, arguments), first.text)


def _evidence(results: Results) -> Evidence:
    metrics = results.metrics
    return Evidence(
        titles=metrics.titles,
        documents=metrics.documents,
        figures=tuple(
            Figure(each.name, each.label, each.base, each.adapter, each.better, each.over)
            for each in metrics.metrics
        ),
        verdicts=tuple(check.sentence for check in results.verdict.checks),
    )


def _training(results: Results) -> Training:
    report = results.training
    return Training(
        options={name: _said(value) for name, value in sorted(report.options.items())},
        parameters=report.parameters,
        steps=report.steps,
        losses=tuple(Loss(each.step, each.loss) for each in report.loss),
    )


def _origin(results: Results, code: Code) -> Origin:
    return Origin(
        commit=code.commit,
        tree=code.tree,
        dirty=code.dirty,
        dataset=results.rows,
        adapter=results.weights,
        packages=dict(sorted(results.training.versions.items())),
    )


def _said(value: Option) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
