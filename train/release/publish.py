"""`release`: from the bundle to one version of three repositories, never to a part of one.

Each step is a barrier: all is staged and read back before anything is tagged, tagged before any
`main` moves, and the Space goes last. What is done already is read from the Hub, so a release that
was killed goes on from there, on any machine.
"""

from dataclasses import replace

from huggingface_hub import HfApi

from train import version
from train.errors import RecipeError
from train.evaluate.report import Verdict
from train.patience import asked, explained
from train.recipe import Recipe
from train.release import payload, pins
from train.release.part import Part, drop_staging, move_main, open_repository, published, stage, tag
from train.release.payload import Payload
from train.release.report import Bundle, Published, Release
from train.release.repository import Note, Repository
from train.release.results import override
from train.run import Run, as_json, read_result, write_text


def release(recipe: Recipe, run: Run, api: HfApi) -> Release:
    """Publish the bundle as one version; of a version that is published already, find that it is so."""
    bundle_again = f"python -m train bundle {recipe.name}"
    bundle = read_result(Bundle, run.bundle / "bundle.json", fix=bundle_again)
    _check_repositories(bundle, recipe)
    files = payload.read(bundle, run.bundle, fix=bundle_again)
    verdict = read_result(Verdict, run.bundle / "adapter" / "evidence" / "gate.json", fix=bundle_again)
    override(verdict, bundle.anyway, fix=bundle_again)
    dataset, adapter, space = _parts(bundle, files, api)
    with explained(api.endpoint, again=f"python -m train release {recipe.name}"):
        asked(api.whoami)
        result = _publish(bundle, dataset, adapter, space)
    write_text(run.folder / "release.json", as_json(result))
    return result


def _check_repositories(bundle: Bundle, recipe: Recipe) -> None:
    for repo in bundle.publish.repositories:
        if repo.startswith("OWNER/") or repo.count("/") != 1:
            raise RecipeError(
                f"{repo} in the publish section of recipe {recipe.name} is not a repository of yours.",
                fix=f"edit its publish section, then python -m train bundle {recipe.name}",
            )


def _parts(bundle: Bundle, files: Payload, api: HfApi) -> tuple[Part, Part, Part]:
    number, publish = version.parse(bundle.version), bundle.publish
    note = Note(f"{bundle.title} {number}", f"{bundle.recipe}-{number}", bundle.digest)
    dataset = Repository(api, "dataset", publish.dataset)
    adapter = Repository(api, "model", publish.adapter)
    space = Repository(api, "space", publish.space)
    return (
        Part("dataset", dataset, files.dataset, number, note, bundle.recipe),
        Part("adapter", adapter, files.adapter, number, note, bundle.recipe),
        Part("space", space, files.space, number, note, bundle.recipe),
    )


def _publish(bundle: Bundle, dataset: Part, adapter: Part, space: Part) -> Release:
    parts = (dataset, adapter)
    known = [published(part) for part in parts]  # refuses other bytes before anything is written
    for part in parts if space.version.is_prerelease else (*parts, space):
        open_repository(part, bundle.publish.private)
    staged = [commit or stage(part) for part, commit in zip(parts, known, strict=True)]
    for part, commit in zip(parts, staged, strict=True):
        tag(part, commit)
    live = None if space.version.is_prerelease else _go_live(bundle, parts, space, staged)
    for part in parts:
        drop_staging(part)
    places = [Published(part.repository.id, commit) for part, commit in zip(parts, staged, strict=True)]
    return Release(bundle.recipe, bundle.version, bundle.digest, places[0], places[1], live, bundle.anyway)


def _go_live(bundle: Bundle, parts: tuple[Part, Part], space: Part, tagged: list[str]) -> Published | None:
    for part in parts:
        move_main(part)
    pin = pins.pinned(bundle, dataset=tagged[0], adapter=tagged[1])
    space = replace(space, files={**space.files, pins.NAME: pin})
    commit = published(space) or move_main(space)
    if commit is None:
        return None
    tag(space, commit)
    return Published(space.repository.id, commit)
