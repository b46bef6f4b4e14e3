"""The stage `bundle`: the results of a run in, exactly the files that will be uploaded out."""

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from cards.check import Kind, check
from cards.render import dataset_card, model_card, space_card
from train.errors import StageError
from train.recipe import Recipe
from train.release import contents, describe, tables
from train.release.code import Code, identity
from train.release.provenance import Build, Material, base, checksums, provenance, rows, sources
from train.release.report import Bundle
from train.release.results import Results, read
from train.release.version import parse
from train.run import (
    Run,
    as_json,
    digest_of,
    digest_of_all,
    digest_of_file,
    digests,
    finished,
    replacing,
    write_text,
)

KINDS: dict[str, Kind] = {"dataset": "dataset", "adapter": "model", "space": "space"}


@dataclass(frozen=True)
class _Order:
    """What one bundle is made of."""

    recipe: Recipe
    tag: str
    recipe_text: str
    results: Results
    code: Code
    gradio: str

    @property
    def key(self) -> str:
        made_of = (self.recipe, self.results, self.code, self.gradio)
        return digest_of(self.tag, self.recipe_text, as_json(made_of))


def bundle(recipe: Recipe, run: Run, version: str, recipe_text: str) -> Bundle:
    """Put one version together in `run.bundle`, with the recipe's own text beside the adapter."""
    tag, results = str(parse(version)), read(run, recipe.name)
    order = _Order(recipe, tag, recipe_text, results, identity(), metadata.version("gradio"))
    done = finished(Bundle, run.bundle / "bundle.json", order.key)
    if done and _files(run.bundle) == {"dataset": done.dataset, "adapter": done.adapter, "space": done.space}:
        return done
    with replacing(run.bundle) as folder:
        made = _made(order, run, folder)
        write_text(folder / "bundle.json", as_json(made))
    return made


def _made(order: _Order, run: Run, folder: Path) -> Bundle:
    _copy(order, run, folder)
    _write_cards(order, run, folder)
    _seal(folder / "dataset", _dataset_build(order, folder))
    _seal(folder / "adapter", _adapter_build(order, folder))
    files = _files(folder)
    return Bundle(
        key=order.key,
        recipe=order.recipe.name,
        title=order.recipe.title,
        version=order.tag,
        publish=order.recipe.publish,
        base=order.results.training.base,
        base_revision=order.results.training.base_revision,
        dataset=files["dataset"],
        adapter=files["adapter"],
        space=files["space"],
        digest=digest_of_all(
            {f"{part}/{name}": digest for part in KINDS for name, digest in files[part].items()}
        ),
    )


def _files(folder: Path) -> dict[str, dict[str, str]]:
    return {part: digests(folder / part) for part in KINDS}


def _copy(order: _Order, run: Run, folder: Path) -> None:
    tune = f"python -m train tune {order.recipe.name}"
    contents.take_dataset(run.dataset, order.results.dataset, folder / "dataset")
    contents.take_adapter(run.adapter, folder / "adapter", fix=tune)
    contents.take_evidence(run.evidence, folder / "adapter" / "evidence")
    contents.take_space(folder / "space")
    write_text(folder / "adapter" / "recipe.yaml", order.recipe_text)


def _write_cards(order: _Order, run: Run, folder: Path) -> None:
    for part, card in _cards(order, run).items():
        for flaw in check(card, KINDS[part]):
            what = f"The card of the {part} would be refused: {flaw}."
            raise StageError(what, fix="edit publish and language in the recipe")
        write_text(folder / part / "README.md", card)


def _cards(order: _Order, run: Run) -> dict[str, str]:
    recipe, tag, results = order.recipe, order.tag, order.results
    splits = tables.read(run.dataset, results.dataset.rows)
    corpus = describe.corpus_of(results, splits)
    model = describe.model_facts(recipe, tag, results, corpus, order.code)
    dataset = describe.dataset_facts(recipe, tag, results, corpus, splits)
    space = describe.space_facts(recipe, tag, results, order.gradio)
    return {"dataset": dataset_card(dataset), "adapter": model_card(model), "space": space_card(space)}


def _dataset_build(order: _Order, folder: Path) -> Build:
    return Build(
        recipe=order.recipe.name,
        version=order.tag,
        repository=order.recipe.publish.dataset,
        materials=(_recipe(folder), *sources(order.results.dataset)),
        code=order.code,
    )


def _adapter_build(order: _Order, folder: Path) -> Build:
    training, publish = order.results.training, order.recipe.publish
    return Build(
        recipe=order.recipe.name,
        version=order.tag,
        repository=publish.adapter,
        materials=(
            _recipe(folder),
            base(training.base, training.base_revision),
            rows(order.results.dataset, publish.dataset, order.tag),
        ),
        code=order.code,
        packages=training.versions,
    )


def _recipe(folder: Path) -> Material:
    return Material("recipe.yaml", {"sha256": digest_of_file(folder / "adapter" / "recipe.yaml")})


def _seal(folder: Path, build: Build) -> None:
    write_text(folder / "provenance.json", provenance(digests(folder), build))
    write_text(folder / "SHA256SUMS", checksums(digests(folder)))
