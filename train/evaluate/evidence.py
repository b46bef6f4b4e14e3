"""What the writers said, turned into the files that `evaluate` leaves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from train.evaluate import gate
from train.evaluate.audit import audit, compared, hidden
from train.evaluate.copying import Copied
from train.evaluate.figures import Findings, Writers, figures
from train.evaluate.given import references, settings_of
from train.evaluate.heard import Heard, documents, findings, is_inert, samples
from train.evaluate.learned import posts, removed
from train.evaluate.measures import asked
from train.evaluate.order import Order
from train.evaluate.report import Audit, Document, Last, Metrics, Sample, Who
from train.evaluate.showing.marks import Shown
from train.evaluate.showing.page import IN_TURN, Seen, page
from train.run import as_json, as_line, digests, write_text


def leave(folder: Path, order: Order, heard: Mapping[Who, Heard], last: Last | None, why: str) -> Metrics:
    """Write everything that was found, the figures last; `why` says what a last release did not say."""
    answers = references(order.recipe, order.given)
    found = {who: findings(each, order.questions, answers) for who, each in heard.items()}
    metrics = replace(_metrics(order, heard, found), last=last, without_last=why)
    copies = compared(heard, posts(order.given.folder))
    checked = _audit(order, heard, copies["adapter"])
    seen = Seen(
        metrics=metrics,
        verdict=gate.judge(order.recipe, metrics, checked),
        audit=checked,
        texts=_shown(order, heard, found, copies),
        documents=documents(heard),
    )
    _write(folder, seen)
    whole = replace(metrics, files=digests(folder))
    write_text(folder / "metrics.json", as_json(whole))
    return whole


def _write(folder: Path, seen: Seen) -> None:
    """The files beside the figures; a title's samples stand together."""
    rows = zip(*(seen.texts[who] for who in IN_TURN if who in seen.texts), strict=True)
    write_text(folder / "samples.jsonl", _lines(shown.sample for row in rows for shown in row))
    write_text(folder / "documents.jsonl", _lines(seen.documents))
    write_text(folder / "audit.json", as_json(seen.audit))
    write_text(folder / "gate.json", as_json(seen.verdict))
    write_text(folder / "report.html", page(seen))


def _audit(order: Order, heard: Mapping[Who, Heard], copies: Sequence[Copied]) -> Audit:
    titles = [str(inputs[order.questions.message]) for inputs in order.questions.requests]
    gone, name = removed(order.given.folder), order.given.dataset.recipe
    return audit(order.key, titles, heard, copies, gone, name, order.exposure)


def _metrics(order: Order, heard: Mapping[Who, Heard], found: Mapping[Who, Findings]) -> Metrics:
    return Metrics(
        key=order.key,
        recipe=order.recipe.name,
        adapter=order.given.weights,
        dataset=order.given.training.dataset,
        titles=len(order.questions.requests),
        documents=len(order.questions.passages),
        metrics=figures(order.recipe, Writers(found["base"], found["adapter"], found.get("last"))),
        files={},
        asked=order.questions.digest,
        decoding=order.given.writer.decoding,
        demo=order.given.dataset.demo,
        settings=settings_of(order.recipe.gate, order.given.writer.decoding),
        inert=is_inert(heard["base"], heard["adapter"]),
    )


def _shown(
    order: Order,
    heard: Mapping[Who, Heard],
    found: Mapping[Who, Findings],
    copies: Mapping[Who, Sequence[Copied]],
) -> dict[Who, list[Shown]]:
    """Every writer's texts; no run of words of a private training text stands in any of them."""
    decoding, measures = order.given.writer.decoding, asked(order.recipe)
    texts = {who: samples(who, heard[who], found[who], order.questions, decoding, measures) for who in heard}
    return {
        who: [Shown(*hidden(sample, copy)) for sample, copy in zip(its, copies[who], strict=True)]
        for who, its in texts.items()
    }


def _lines(values: Iterable[Sample | Document]) -> str:
    return "".join(map(as_line, values))
