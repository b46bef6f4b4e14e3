"""What is to be published: the bundle as three parts, each with the client that may write to it."""

from dataclasses import dataclass, replace

from huggingface_hub import HfApi

from cards.duties import adapter_duties
from train import version
from train.errors import RecipeError, StageError
from train.evaluate.report import Verdict
from train.licensing import combination, sources_of
from train.recipe import Recipe
from train.release import payload, pins
from train.release.firewall.check import check
from train.release.part import Part
from train.release.report import Bundle
from train.release.repository import Note, Repository, own
from train.release.results import override
from train.release.serving import Demo
from train.run import Run, read_result
from train.tune.report import TrainingReport, Writer

UNKNOWN = "0" * 40  # a commit that is not made yet


@dataclass(frozen=True)
class Order:
    """One version: dataset and adapter, which are staged and tagged, and the Space that pins them."""

    bundle: Bundle
    parts: tuple[Part, Part]
    space: Part
    writer: Writer
    badges: tuple[str, ...] = ()  # to be shown wherever the adapter is served

    @property
    def is_prerelease(self) -> bool:
        """Whether `main` and the Space are left alone."""
        return self.space.version.is_prerelease

    def demo(self, dataset: str, adapter: str) -> Demo:
        """The Space with its writer at these commits."""
        pin = pins.pinned(self.bundle, dataset=dataset, adapter=adapter, badges=self.badges)
        return Demo(self.space, pin, self.writer)


def read(recipe: Recipe, run: Run, api: HfApi, asked: str = "") -> Order:
    """The run's bundle, if it is whole, passed by the gate and of the version that was asked for."""
    again = f"python -m train bundle {recipe.name}"
    bundle = read_result(Bundle, run.bundle / "bundle.json", fix=again)
    _check_version(bundle, asked)
    _check_repositories(bundle, recipe)
    files = payload.read(bundle, run.bundle, fix=again)
    verdict = read_result(Verdict, run.bundle / "adapter" / "evidence" / "gate.json", fix=again)
    override(verdict, bundle.anyway, fix=again)
    check(files, recipe, run, bundle, api.token)
    writer = read_result(Writer, run.bundle / "adapter" / "writer.json", fix=again)
    publish = bundle.publish
    return Order(
        bundle,
        (
            _part(bundle, "dataset", own(api, "dataset", publish.dataset), files.dataset),
            _part(bundle, "adapter", own(api, "model", publish.adapter), files.adapter),
        ),
        _part(bundle, "space", own(api, "space", publish.space), files.space),
        writer,
        _badges(recipe, read_result(TrainingReport, run.bundle / "adapter" / "training.json", fix=again)),
    )


def _badges(recipe: Recipe, training: TrainingReport) -> tuple[str, ...]:
    meet = replace(combination(recipe, sources_of(recipe)), base_license=training.base_license)
    return adapter_duties(meet).badges


def _part(bundle: Bundle, name: str, repository: Repository, files: payload.Files) -> Part:
    number = version.parse(bundle.version)
    note = Note(f"{bundle.title} {number}", f"{bundle.recipe}-{number}", bundle.digest)
    return Part(name, repository, files, number, note, bundle.recipe)


def _check_version(bundle: Bundle, asked: str) -> None:
    if asked and str(version.parse(asked)) != bundle.version:
        raise StageError(
            f"The bundle of {bundle.recipe} is {bundle.version}, not {asked}.",
            fix=f"python -m train bundle {bundle.recipe} --version {asked}",
        )


def _check_repositories(bundle: Bundle, recipe: Recipe) -> None:
    for repo in bundle.publish.repositories:
        if repo.startswith("OWNER/") or repo.count("/") != 1:
            raise RecipeError(
                f"{repo} in the publish section of recipe {recipe.name} is not a repository of yours.",
                fix=f"edit its publish section, then python -m train bundle {recipe.name}",
            )
