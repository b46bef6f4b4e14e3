"""Where licences stop a stage, and what they put into a bundle."""

from dataclasses import replace
from pathlib import Path

import pytest

from cards.duties import notice_file
from tests.bundles import run
from tests.golden.run import RECIPE, RECIPE_TEXT
from train import recipe as recipes
from train.errors import StageError
from train.licensing import check_licenses, combination
from train.prepare.prepare import prepare
from train.rehearse.scale import scaled
from train.release.bundle import bundle
from train.run import Run, as_json, read_result, write_text
from train.sections import Publish, Source
from train.tune.report import TrainingReport

__all__ = ["run"]


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_may_be_published_as_it_stands(name: str) -> None:
    recipe = recipes.load(name)
    check_licenses(combination(recipe, recipe.sources))


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_may_be_rehearsed_in_public(name: str) -> None:
    recipe = recipes.load(name)
    sources = tuple(each if each.private else replace(each, license="mit") for each in recipe.sources)
    check_licenses(combination(scaled(recipe, "0" * 40, sources, ("A title",)), sources))


def test_a_forbidden_combination_stops_prepare_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    source = Source("folder", str(tmp_path / "posts"), license="cc-by-nc-4.0")
    publish = Publish("a/d", "a/Llama-w", "a/s", "mit", "llama3.2", private=False)
    with pytest.raises(StageError, match="forbids commercial use; mit allows it") as caught:
        prepare(replace(RECIPE, sources=(source,), publish=publish), Run(tmp_path / "run"))
    assert "`dataset_license: cc-by-nc-4.0`" in caught.value.fix
    assert not (tmp_path / "run" / "dataset").exists()


def with_base_license(run: Run, license_: str) -> None:
    path = run.adapter / "training.json"
    write_text(path, as_json(replace(read_result(TrainingReport, path, ""), base_license=license_)))


def test_a_forbidden_combination_stops_the_bundle_once_the_base_is_known(run: Run) -> None:
    with_base_license(run, "cc-by-nc-4.0")
    with pytest.raises(StageError, match="forbids commercial use") as caught:
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT)
    assert "`adapter_license: cc-by-nc-4.0`" in caught.value.fix
    assert not run.bundle.exists()


def test_an_adapter_of_llama_goes_out_with_agreement_policy_and_notice(run: Run) -> None:
    with_base_license(run, "llama3.2")
    bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT)
    card = (run.bundle / "adapter" / "README.md").read_text()
    assert "**Built with Llama.**" in card
    assert "[`USE_POLICY.md`](USE_POLICY.md)" in card
    assert (run.bundle / "adapter" / "NOTICE").read_text() == notice_file("llama3.2")
    assert (run.bundle / "adapter" / "LICENSE.txt").is_file()


def test_a_private_source_is_counted_in_the_cards_without_its_name(run: Run) -> None:
    sources = (Source("hub", "acme/raw"), Source("folder", "../my-blog", private=True))
    bundle(replace(RECIPE, sources=sources), run, "v0.1.0", RECIPE_TEXT)
    for part in ("dataset", "adapter", "space"):
        assert "my-blog" not in (run.bundle / part / "README.md").read_text()
    assert "| private sources | 1 |" in (run.bundle / "dataset" / "README.md").read_text()
