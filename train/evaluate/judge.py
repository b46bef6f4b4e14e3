"""The evaluate stage: an adapter and texts it has never seen in; figures, samples and a verdict out."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

from huggingface_hub import HfApi

from train.client import visitor
from train.errors import StageError
from train.evaluate import last
from train.evaluate.ask import Passage, passages
from train.evaluate.canaries import expose
from train.evaluate.evidence import leave
from train.evaluate.hearing import Hearing, keep, kept_hearing
from train.evaluate.last import Before
from train.evaluate.learned import drawn
from train.evaluate.order import Order, judged, order_of
from train.evaluate.report import Metrics
from train.loading import at_once
from train.recipe import Recipe
from train.run import Run, replacing

WRITTEN = ".evidence.written"  # texts of an evaluation that has not come to its end


def evaluate(recipe: Recipe, run: Run, api: HfApi | None = None, *, canaries: bool = False) -> Metrics:
    """Ask base, adapter and last release the same; leave figures, samples and a verdict in `run.evidence`."""
    api = api or visitor()
    order = order_of(recipe, run, api)
    if canaries and order.exposure is None:
        order = replace(order, exposure=expose(recipe, run, order.given))
    return judged(run, order.key) or judge(order, run, api)


def judge(order: Order, run: Run, api: HfApi) -> Metrics:
    """Ask all writers, unless they were asked already, and leave the evidence."""
    before, why = _before(order, api)
    hearing = kept_hearing(written(run, order), order.texts) or _heard(order, run, before)
    if why := why or hearing.unheard:
        print(f"Judged without a last release: {why}", file=sys.stderr)
    known = last.recorded(before) if before and not why else None
    with replacing(run.evidence) as folder:
        metrics = leave(folder, order, hearing.heard, known, why)
    shutil.rmtree(run.folder / WRITTEN, ignore_errors=True)
    return metrics


def listen(order: Order, run: Run, api: HfApi) -> None:
    """Ask all writers and leave what they said for `judge`."""
    _heard(order, run, _before(order, api)[0])


def written(run: Run, order: Order) -> Path:
    """Where texts are kept until they are judged."""
    return run.folder / WRITTEN / order.texts[:16]


def _heard(order: Order, run: Run, before: Before | None) -> Hearing:
    with at_once():
        from train.evaluate.findings import hear  # torch takes seconds: only if there is something to do

    asked, folder = replace(order.questions, learned=_learned(order)), written(run, order)
    hearing = Hearing(order.texts, *hear(run.adapter, order.given, asked, before, folder))
    keep(folder, hearing)
    return hearing


def _learned(order: Order) -> tuple[Passage, ...]:
    """Some of the training texts, behind the requests that training put before them."""
    from train.evaluate.extraction import TEXTS

    return passages(drawn(order.given.folder, TEXTS), order.recipe, order.given.writer)


def _before(order: Order, api: HfApi) -> tuple[Before | None, str]:
    """The last release, ready to be asked, or why it is not."""
    if order.release is None:
        return None, order.without_last
    folder = last.fetch(order.release, order.recipe, api)
    try:
        return last.known(order.release, folder), ""
    except StageError as error:
        return None, str(error)
