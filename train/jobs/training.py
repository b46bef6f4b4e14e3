"""Training as the errand of a Job: rows go there, an adapter comes back."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from train.jobs.cli import Asked
from train.jobs.errand import Errand
from train.jobs.order import BASE, Base
from train.jobs.pack import LEARNED, rows
from train.recipe import Recipe
from train.run import Run, finished
from train.tune.held import license_of, pinned
from train.tune.key import ingredients
from train.tune.papers import take_papers
from train.tune.report import TrainingReport
from train.tune.reuse import RECORD, Fetch, take_in


@dataclass(frozen=True)
class Training(Errand[TrainingReport]):
    """The training of one recipe on the rows that are here."""

    name, does, result = "training", "train", "adapter"
    left = "adapter"
    record = RECORD
    label = "train-key"

    @classmethod
    def of(cls, recipe: Recipe, run: Run, asked: Asked) -> "Training":
        """The errand for this recipe."""
        return cls(recipe, run, asked, ingredients(recipe, run).key)

    def here(self) -> TrainingReport | None:
        """The adapter's record, if it is on this machine."""
        return finished(TrainingReport, self.run.adapter / RECORD, self.key)

    def take(self, record: bytes, fetch: Fetch) -> TrainingReport:
        """The adapter that a Job has left, in `run.adapter`."""
        return take_in(self.run, self.key, record, fetch)

    def bases(self) -> tuple[Base, ...]:
        """The base at its commit; a base or a licence that training would refuse is refused."""
        commit = pinned(self.recipe)
        with TemporaryDirectory() as folder:
            take_papers(self.recipe, commit, license_of(self.recipe.base, commit), Path(folder))
        return (Base(self.recipe.base, commit, BASE),)

    def files(self, scratch: Path) -> dict[str, Path]:
        """The rows that training reads; texts held out for judging stay here."""
        return rows(self.recipe, self.run, "tune", LEARNED)

    def words(self, bases: tuple[Base, ...]) -> tuple[str, ...]:
        """The base, and TRL's options as they were typed."""
        (base,) = bases
        return (base.repo, base.commit, base.at, *self.asked.options)
