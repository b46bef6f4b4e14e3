"""The stage `bundle`: the results of a run in, exactly the files that will be uploaded out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from cards.check import check
from cards.duties import notice_file
from cards.join import base_license
from cards.own import with_own_section
from cards.render import dataset_page, model_page, space_page
from cards.trace import Page
from train.errors import StageError
from train.evaluate.given import settings_of
from train.recipe import Recipe
from train.release import contents, describe, tables
from train.release.code import Code, identity
from train.release.existing import KINDS
from train.release.pictures import corpus_picture, draw_lengths, pictures_in
from train.release.provenance import (
    Build,
    Material,
    base,
    byproducts,
    checksums,
    digest_of_parts,
    packages,
    provenance,
    rows,
    sources,
)
from train.release.report import Bundle
from train.release.results import Results, read
from train.release.sourced import sourced, sourced_tables
from train.release.terms import private_names
from train.release.traced import write_card
from train.run import (
    Run,
    as_json,
    digest_of,
    digest_of_file,
    digests,
    finished,
    replacing,
    write_text,
)
from train.version import parse

FEWEST_WORDS = 4
_BYPRODUCTS = ("evidence/gate.json", "evidence/metrics.json", "training.json")


@dataclass(frozen=True)
class _Order:
    """What one bundle is made of."""

    recipe: Recipe
    tag: str
    recipe_text: str
    results: Results
    code: Code
    gradio: str
    existing: Mapping[str, str]  # part -> what others wrote in its card on the Hub

    @property
    def key(self) -> str:
        made_of = (self.recipe, self.results, self.code, self.gradio, self.existing)
        return digest_of(self.tag, self.recipe_text, as_json(made_of))


def bundle(
    recipe: Recipe,
    run: Run,
    version: str,
    recipe_text: str,
    anyway: str = "",
    existing: Callable[[], Mapping[str, str]] = dict,
) -> Bundle:
    """Put one version together in `run.bundle`, with the recipe's own text beside the adapter.

    `anyway` is the reason for which it goes out even if the gate is shut. What others wrote in the
    `existing` cards stays in them; they are asked for when all that has to be here is here.
    """
    tag, results = str(parse(version)), read(run, recipe.name, _reason(anyway, recipe.name))
    _check_settings(recipe, run, results)
    order = _Order(recipe, tag, recipe_text, results, identity(), metadata.version("gradio"), existing())
    done = finished(Bundle, run.bundle / "bundle.json", order.key)
    if done and _files(run.bundle) == {"dataset": done.dataset, "adapter": done.adapter, "space": done.space}:
        return done
    with replacing(run.bundle) as folder:
        made = _made(order, run, folder)
        write_text(folder / "bundle.json", as_json(made))
    return made


def _reason(anyway: str, recipe: str) -> str:
    """The reason on one line; a card prints it, so it must say something."""
    words = anyway.split()
    if words and len(words) < FEWEST_WORDS:
        what = f"{anyway!r} is no reason that readers of the card could follow: give a sentence."
        raise StageError(what, fix=f'python -m train bundle {recipe} --publish-anyway "…"')
    return " ".join(words)


def _check_settings(recipe: Recipe, run: Run, results: Results) -> None:
    """Refuse evidence that another gate or another decoding has judged."""
    if results.metrics.settings != settings_of(recipe.gate, results.writer.decoding):
        what = f"The evidence in {run.evidence} was judged by another gate or decoding than the recipe's."
        raise StageError(what, fix=f"python -m train evaluate {recipe.name}")


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
        digest=digest_of_parts(files),
        anyway=order.results.anyway,
    )


def _files(folder: Path) -> dict[str, dict[str, str]]:
    return {part: digests(folder / part) for part in KINDS}


def _copy(order: _Order, run: Run, folder: Path) -> None:
    tune = f"python -m train tune {order.recipe.name}"
    contents.take_dataset(run.dataset, order.results.dataset, folder / "dataset")
    contents.take_adapter(run.adapter, folder / "adapter", fix=tune)
    contents.take_evidence(run.evidence, folder / "adapter" / "evidence")
    contents.take_space(folder / "space", with_llama=order.recipe.publish.base_gguf is not None)
    draw_lengths(order.results.samples, folder / "adapter")
    write_text(folder / "adapter" / "recipe.yaml", order.recipe_text)
    _add_notice(order, folder / "adapter" / "NOTICE")


def _add_notice(order: _Order, path: Path) -> None:
    training = order.results.training
    notice = notice_file(base_license(training.base, training.base_license))
    if notice and not any(path.parent.glob("NOTICE*")):
        write_text(path, notice)


def _write_cards(order: _Order, run: Run, folder: Path) -> None:
    for part, page in _pages(order, run, folder).items():
        for flaw in check(page.text, KINDS[part]):
            what = f"The card of the {part} would be refused: {flaw}."
            raise StageError(what, fix="edit publish and language in the recipe")
        write_card(page, part, folder)
        write_text(folder / part / "README.md", with_own_section(order.existing.get(part, ""), page.text))


def _pages(order: _Order, run: Run, folder: Path) -> dict[str, Page]:
    recipe, tag, results = order.recipe, order.tag, sourced(order.results)
    splits = sourced_tables(tables.read(run.dataset, results.dataset.rows))
    corpus = describe.corpus_of(results, splits, private_names(recipe))
    pictures = pictures_in(folder / "adapter")
    model = describe.model_facts(recipe, tag, results, corpus, order.code, pictures)
    dataset = describe.dataset_facts(recipe, tag, results, corpus, splits, corpus_picture(folder / "dataset"))
    space = describe.space_facts(recipe, tag, results, order.gradio)
    return {
        "dataset": dataset_page(dataset, order.existing.get("dataset", "")),
        "adapter": model_page(model),
        "space": space_page(space),
    }


def _dataset_build(order: _Order, folder: Path) -> Build:
    return Build(
        recipe=order.recipe.name,
        version=order.tag,
        repository=order.recipe.publish.dataset,
        parts=_repositories(order),
        materials=(_recipe(folder), packages(), *sources(order.results.dataset)),
        code=order.code,
        keys={"prepare": order.results.dataset.key},
        byproducts=byproducts(folder / "dataset", ["report.json"]),
    )


def _adapter_build(order: _Order, folder: Path) -> Build:
    training, publish = order.results.training, order.recipe.publish
    return Build(
        recipe=order.recipe.name,
        version=order.tag,
        repository=publish.adapter,
        parts=_repositories(order),
        materials=(
            _recipe(folder),
            packages(),
            base(training.base, training.base_revision, training.base_license),
            rows(order.results.dataset, publish.dataset, order.tag),
        ),
        code=order.code,
        packages=training.versions,
        keys={"tune": training.key, "evaluate": order.results.metrics.key},
        byproducts=byproducts(folder / "adapter", _BYPRODUCTS),
    )


def _repositories(order: _Order) -> dict[str, str]:
    return dict(zip(KINDS, order.recipe.publish.repositories, strict=True))


def _recipe(folder: Path) -> Material:
    return Material("recipe.yaml", {"sha256": digest_of_file(folder / "adapter" / "recipe.yaml")})


def _seal(folder: Path, build: Build) -> None:
    write_text(folder / "provenance.json", provenance(digests(folder), build))
    write_text(folder / "SHA256SUMS", checksums(digests(folder)))
