"""What was trained and measured, as the facts of an adapter's card."""

from collections.abc import Iterator
from math import inf

from cards.energy import minutes
from cards.evidence import pointer, said
from cards.facts import (
    Base,
    Change,
    Check,
    Evidence,
    Figure,
    Loss,
    Previous,
    Request,
    Sample,
    Training,
    Usage,
)
from cards.origin import Field, Words
from train.evaluate.audit import HIDDEN
from train.evaluate.audited import LONG
from train.evaluate.report import Change as Difference
from train.evaluate.report import Last, Metric
from train.evaluate.report import Sample as Written
from train.release.results import Results
from train.release.sourced import FILES, own
from train.sections import Decoding, Option
from train.tune.report import Loss as Logged
from train.tune.report import Writer

WHOLE = "structure"  # the figure of writers whose texts have a title, sections and a conclusion


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


def usage(writer: Writer) -> Usage:
    """How a stranger asks this writer."""
    others = {name: each for name, each in writer.inputs.items() if name != writer.message}
    examples = writer.inputs[writer.message].examples
    return Usage(
        request=Request(
            message=examples[0] if examples else writer.title,
            arguments={name: each.default for name, each in others.items() if each.default is not None},
        ),
        generate={name: own(value) for name, value in generate_arguments(writer.decoding).items()},
        options={name: each.choices for name, each in others.items() if each.choices},
    )


def sample(results: Results) -> Sample | None:
    """The first of the adapter's texts that is complete, unless it may hold words of a private text."""
    if withheld(results):
        return None
    in_parts = any(metric.name == WHOLE for metric in results.metrics.metrics)
    whole = (each for each in results.samples if each.writer == "adapter" and _is_complete(each, in_parts))
    first: Written | None = next(whole, None)
    if first is None:
        return None
    arguments = {name: value for name, value in first.inputs.items() if value is not None}
    return Sample(Request(first.title, arguments), first.text)


def _is_complete(text: Written, in_parts: bool) -> bool:
    """Whether it came to its end, has all its words and, of a writer whose texts have parts, lacks none."""
    return text.finished and HIDDEN not in text.text and not (in_parts and text.lacks)


def withheld(results: Results) -> bool:
    """Whether private texts were learned from, and no audit says that none of them is repeated."""
    longest = {check.metric: check.value for check in results.verdict.checks}.get("copied_words", inf)
    return results.dataset.private > 0 and not longest < LONG


def evidence(results: Results) -> Evidence:
    """The figures, the gate's sentences, and what may be said because of them."""
    metrics, verdict = results.metrics, results.verdict
    return Evidence(
        titles=metrics.titles,
        documents=metrics.documents,
        figures=tuple(map(_figure, metrics.metrics)),
        checks=tuple(_checks(results)),
        last=_previous(metrics.last) if metrics.last else None,
        better_than_base=verdict.better_than_base,
        better_than_last=verdict.better_than_last,
        anyway=results.anyway,
        demo=metrics.demo,
    )


def _checks(results: Results) -> Iterator[Check]:
    for each in results.verdict.checks:
        if each.level != "note":
            yield Check(each.sentence, each.passed, each.level == "block", each.metric[:], each.value)


def _previous(last: Last) -> Previous:
    return Previous(last.repo, last.version, last.commit, last.dataset, Base(last.base, last.base_revision))


def _figure(metric: Metric) -> Figure:
    return Figure(
        name=metric.name,
        label=metric.label,
        base=metric.base,
        adapter=metric.adapter,
        better=metric.better,
        over=metric.over,
        unit=metric.unit,
        low=metric.low,
        high=metric.high,
        last=metric.last,
        from_base=_changed(metric.from_base),
        from_last=_changed(metric.from_last),
    )


def _changed(change: Difference | None) -> Change | None:
    return None if change is None else Change(change.difference, change.low, change.high)


def training(results: Results) -> Training:
    """The settings, and what training took."""
    report, took = results.training, results.training.compute
    return Training(
        options={name: _said(name, value) for name, value in sorted(report.options.items())},
        parameters=report.parameters,
        steps=report.steps,
        losses=_losses(report.loss),
        validation=_losses(report.validation),
        best_step=report.best_step,
        cut_rows=report.cut.rows,
        cut_tokens=report.cut.tokens,
        device=took.device,
        devices=took.devices,
        tokens=took.tokens,
        flops=took.flops,
        seconds=took.seconds,
        minutes=minutes(took.seconds),
    )


def _losses(logged: tuple[Logged, ...]) -> tuple[Loss, ...]:
    return tuple(Loss(each.step, each.loss) for each in logged)


def _said(name: str, value: Option) -> Words:
    return Words(said(value), Field(FILES["training"], pointer("options", name)))
