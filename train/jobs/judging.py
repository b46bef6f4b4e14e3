"""Hearing the writers as the errand of a Job: questions go there, texts and costs come back.

Figures, audit and verdict are made here from what they said: the fingerprints of personal data that was
removed need not travel, and the evidence is the same to the byte wherever the texts were written.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi

from train.client import connect
from train.errors import SAME, StageError
from train.evaluate import last
from train.evaluate.hearing import HEARD, kept_hearing
from train.evaluate.judge import judge, written
from train.evaluate.order import Order, judged, order_of
from train.evaluate.report import Metrics
from train.jobs.cli import Asked
from train.jobs.errand import Errand
from train.jobs.order import BASE, LAST, Base
from train.jobs.pack import ADAPTER, BEFORE, RELEASE, rows
from train.recipe import Recipe
from train.run import Run, as_json, replacing, write_text
from train.tune.reuse import Fetch


@dataclass(frozen=True)
class Judging(Errand[Metrics]):
    """The evaluation of the adapter that is here."""

    order: Order
    api: HfApi

    name, does, result = "evaluation", "write", "hearing"
    left = "heard"
    record = HEARD
    label = "evaluate-key"

    @classmethod
    def of(cls, recipe: Recipe, run: Run, asked: Asked, *, canaries: bool = False) -> "Judging":
        """The errand for this recipe's adapter."""
        api = connect()
        order = order_of(recipe, run, api)
        if canaries and order.exposure is None:
            what = "The canary run trains a second adapter, and that is done on this machine."
            raise StageError(what, fix=f"python -m train evaluate {recipe.name} --canaries")
        return cls(recipe, run, asked, order.texts, order, api)

    def here(self) -> Metrics | None:
        """The evidence, if it is on this machine, or all that it is made from is."""
        if done := judged(self.run, self.order.key):
            return done
        found = kept_hearing(written(self.run, self.order), self.key)
        return judge(self.order, self.run, self.api) if found else None

    def take(self, record: bytes, fetch: Fetch) -> Metrics:
        """The evidence, made from what a Job has heard."""
        with replacing(written(self.run, self.order)) as folder:
            (folder / HEARD).write_bytes(record)
            if kept_hearing(folder, self.key) is None:
                what = f"What was heard is not what {HEARD} says, or is no answer to these questions."
                raise StageError(what, fix=SAME)
        return judge(self.order, self.run, self.api)

    def bases(self) -> tuple[Base, ...]:
        """The adapter's base, and that of the last release where it is another that still is on the Hub."""
        writer = self.order.given.writer
        mine = Base(writer.base, writer.base_revision, BASE)
        theirs = self._base_before()
        if theirs is None or (theirs.repo, theirs.commit) == (mine.repo, mine.commit):
            return (mine,)
        return mine, theirs

    def files(self, scratch: Path) -> dict[str, Path]:
        """All rows, the adapter, the last release, and which one that is."""
        write_text(scratch / RELEASE, as_json({"release": self.order.release}))
        mine, before = self.run.adapter, self._before()
        adapter = {f"{ADAPTER.format(self.recipe.name)}/{name}": mine / name for name in self._adapter()}
        theirs = {
            f"{BEFORE}/{name}": before / name for name in last.NEEDED if before and (before / name).is_file()
        }
        return rows(self.recipe, self.run, "evaluate") | adapter | theirs | {RELEASE: scratch / RELEASE}

    def words(self, bases: tuple[Base, ...]) -> tuple[str, ...]:
        """Where each base is mounted, as REPOSITORY, COMMIT and folder."""
        return tuple(word for base in bases for word in (base.repo, base.commit, base.at))

    def _adapter(self) -> list[str]:
        return [*self.order.given.training.files, "training.json"]

    def _before(self) -> Path | None:
        return last.fetch(self.order.release, self.recipe, self.api) if self.order.release else None

    def _base_before(self) -> Base | None:
        release, folder = self.order.release, self._before()
        if release is None or folder is None:
            return None
        with suppress(StageError):  # or it will not be asked
            writer = last.known(release, folder).writer
            if self.api.revision_exists(writer.base, writer.base_revision):
                return Base(writer.base, writer.base_revision, LAST)
        return None
