"""What a Job is for, as this side sees it: what it needs, what it leaves, and whether that is here."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from train.errors import RecipeError
from train.jobs.cli import Asked
from train.jobs.order import Base, Place
from train.recipe import Recipe
from train.run import Run
from train.tune.reuse import Fetch

R = TypeVar("R")


@dataclass(frozen=True)
class Errand(ABC, Generic[R]):
    """One recipe's work for a Job; `R` is what this side has when it is done."""

    recipe: Recipe
    run: Run
    asked: Asked
    key: str  # stands for all that the result depends on

    name: ClassVar[str]  # as in "this training runs already"
    does: ClassVar[str]  # as in "nothing to train"
    result: ClassVar[str]  # as in "left no whole adapter"
    left: ClassVar[str]  # the folder that the Job leaves
    record: ClassVar[str]  # the file in it that says what it holds, written last
    label: ClassVar[str]  # the Job is found again by the key behind it

    @property
    def place(self) -> Place:
        """Where it is done, and what it is found again by."""
        owner = self.asked.namespace or self.recipe.publish.adapter.partition("/")[0]
        if owner == "OWNER":
            what = f"{self.recipe.name} publishes to {self.recipe.publish.adapter}; a Job needs an account"
            fix = f"edit its publish section ({self.recipe.name}), or add --namespace NAME"
            raise RecipeError(f"{what} that pays.", fix=fix)
        return Place(owner, self.recipe.name, self.key, self.asked.verb, self.label)

    @abstractmethod
    def here(self) -> R | None:
        """The result, if it is on this machine."""

    @abstractmethod
    def take(self, record: bytes, fetch: Fetch) -> R:
        """The result that a Job has left; refused if it is not what its record says."""

    @abstractmethod
    def bases(self) -> tuple[Base, ...]:
        """What the Job reads from the Hub; what it would refuse is refused before it costs."""

    @abstractmethod
    def files(self, scratch: Path) -> dict[str, Path]:
        """What travels besides code and recipe; what has to be written for it goes to `scratch`."""

    @abstractmethod
    def words(self, bases: tuple[Base, ...]) -> tuple[str, ...]:
        """What `inside` is told besides the key."""
