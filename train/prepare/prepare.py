"""The stage `prepare`: sources in, a dataset out, and a reason for everything that is not in it."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from train.errors import StageError
from train.prepare.copies.leakage import without_leaks
from train.prepare.document import Document, Dropped, Finding
from train.prepare.engine.corpus import Corpus, corpus
from train.prepare.engine.reading import documents, key_of, pin
from train.prepare.engine.shard import Tally
from train.prepare.engine.tally import added, report
from train.prepare.engine.work import shards
from train.prepare.keep import reason_to_drop
from train.prepare.report import DatasetReport, Leakage
from train.prepare.showing.plot import picture
from train.prepare.showing.readable import page
from train.prepare.split import SPLITS, split
from train.prepare.write import DROPPED, REMOVED, Rows, write_dropped
from train.recipe import Recipe
from train.run import Run, as_json, as_sealed_json, digests, finished, replacing, write_text
from train.sections import Source

REPORT = "report.json"
NAMED = 10  # secrets in an error


def prepare(recipe: Recipe, run: Run, workers: int | None = None) -> DatasetReport:
    """Write the recipe's clean rows to `run.dataset` and say what was dropped, and why."""
    pinned = pin(recipe)
    key = key_of(recipe, pinned)
    work = run.folder / "work"
    done = finished(DatasetReport, run.dataset / REPORT, key)
    if done and (run.dataset / REMOVED).is_file():
        shutil.rmtree(work, ignore_errors=True)
        return done
    _forget_others(work, key)
    parts = shards(documents(pinned), recipe, work / key, workers)
    tally = added([part.tally for part in parts])
    _refuse_secrets(recipe, tally.secrets, work)
    found = corpus(parts, partial(_reason, recipe=recipe))
    made = _written(recipe, run, key, pinned, tally, found)
    shutil.rmtree(work)
    return made


def _reason(document: Document, recipe: Recipe) -> str | None:
    return reason_to_drop(document, recipe.keep, recipe.language, heading=recipe.clean.heading)


def _forget_others(work: Path, key: str) -> None:
    for folder in sorted(work.iterdir()) if work.exists() else ():
        if folder.is_dir() and folder.name != key:  # what looks at folders leaves files in them
            shutil.rmtree(folder)


def _refuse_secrets(recipe: Recipe, secrets: Sequence[Finding], work: Path) -> None:
    if not secrets:
        return
    shutil.rmtree(work)  # it holds them, and whatever mends this changes what is read
    places = [f"{each.where} {each.kind} ({each.fingerprint})" for each in secrets]
    more = f", and {len(places) - NAMED} more" if len(places) > NAMED else ""
    raise StageError(
        f"Nothing was written: there are secrets in the sources of {recipe.name}: "
        f"{', '.join(places[:NAMED])}{more}.",
        fix="take each out of its file and revoke it; if it is none, put its fingerprint under scan.allow "
        "in the recipe",
    )


def _written(
    recipe: Recipe, run: Run, key: str, pinned: Sequence[Source], tally: Tally, found: Corpus
) -> DatasetReport:
    dropped = (*tally.dropped, *found.dropped)
    so_far = run.folder / "work" / key / DROPPED  # shown if nothing comes of it
    write_dropped(so_far, sorted(dropped, key=lambda each: each.id))
    if not found.clusters:
        raise _nothing_left(recipe, dropped)
    homes, leakage = _dealt(recipe, found)
    with replacing(run.dataset) as folder:
        rows = Rows(folder, paired=recipe.pairs is not None)
        for place, document in found.documents():
            rows.add(homes[place], document, found.rows[place].count)
        rows.close(SPLITS)
        so_far.rename(folder / DROPPED)
        made = report(recipe, key, pinned, replace(tally, dropped=dropped), found, homes)
        made = replace(made, leakage=leakage)
        write_text(folder / "report.md", page(made, tally.samples))
        write_text(
            folder / "report.svg", picture(made.kept, made.dropped, [row.count for row in found.kept()])
        )
        made = replace(made, files=digests(folder))
        write_text(folder / REMOVED, as_json(tally.removed))  # not among the files: it stays on this machine
        write_text(folder / REPORT, as_sealed_json(made))
    return made


def _dealt(recipe: Recipe, found: Corpus) -> tuple[Mapping[int, str], Leakage]:
    homes = split(found.groups(), recipe.split)
    words = sum(row.count for row in found.kept())
    return without_leaks(homes, found.clusters, found.words, words, recipe.split.leakage)


def _nothing_left(recipe: Recipe, dropped: Iterable[Dropped]) -> StageError:
    reasons = Counter(each.reason for each in dropped).most_common()
    why = ", ".join(f"{number} {reason}" for reason, number in reasons) or "nothing was read"
    what = f"No document of {recipe.name} is left: {why}."
    look = f"python -m train prepare {recipe.name} --show dropped"
    return StageError(what, fix=look if reasons else "edit sources in the recipe")
