"""What was released in private becomes public when somebody says so, and not before it is found whole."""

from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd as Add
from huggingface_hub import HfApi

from tests.golden.run import RECIPE, REVISION
from tests.publishing import hub
from tests.withdrawing import KINDS, Published
from train.errors import RecipeError, StageError
from train.rehearse.hub.process import LocalHub
from train.rehearse.scale import as_yaml
from train.release.published.check import Check
from train.release.published.promote import forbidden, plan, promote, told
from train.run import write_text
from train.sections import Source

__all__ = ["hub"]


@pytest.fixture(scope="module")
def writer(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A version that is private, until the test that promotes it."""
    api = HfApi(endpoint=hub.url, token=hub.token)
    made = Published(api, "promoted", tmp_path_factory.mktemp("runs"))
    made.release("v0.1.0")
    return made


@pytest.fixture(autouse=True)
def base(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base counts as there: an invented run has an invented one."""
    there = Check("adapter", "base", True, f"{REVISION[:7]} can be had")
    monkeypatch.setattr("train.release.published.stated.base", lambda adapter: iter([there]))


def hidden(writer: Published) -> dict[str, bool]:
    return {
        part: bool(writer.api.repo_info(writer.repo(part), repo_type=kind).private)
        for part, kind in KINDS.items()
    }


def test_a_version_that_is_not_whole_stays_private(writer: Published) -> None:
    whole = writer.refs("adapter")["v0.1.0"]
    writer.move_tag("adapter", "v0.1.0", Add("notes.txt", b"mine"))
    with pytest.raises(StageError, match=r"v0\.1\.0 of .* is not whole: "):
        plan(writer.api, writer.repo("adapter"), "v0.1.0")
    writer.point("adapter", "v0.1.0", whole)
    assert set(hidden(writer).values()) == {True}


def test_a_recipe_of_nobodys_is_not_looked_for_on_the_hub() -> None:
    with pytest.raises(RecipeError, match="still says OWNER") as told:
        plan(HfApi(endpoint="http://127.0.0.1:9"), "blog", "v0.1.0")
    assert "write your account" in told.value.fix


def test_a_version_that_nobody_released_is_not_promoted(writer: Published, tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"v0\.2\.0"):
        plan(writer.api, writer.repo("adapter"), "v0.2.0")
    mine = tmp_path / "mine.yaml"
    write_text(mine, as_yaml(writer.release("v0.1.0").recipe))
    with pytest.raises(StageError, match=r"v0\.2\.0 .* there is v0\.1\.0\.") as refused:
        plan(writer.api, str(mine), "v0.2.0")
    assert refused.value.fix == f"python -m train promote {mine} v0.1.0"


def test_what_may_be_public_becomes_so_once_somebody_says_it(writer: Published) -> None:
    steps = plan(writer.api, writer.repo("adapter"), "v0.1.0")
    assert set(hidden(writer).values()) == {True}, "a plan changes nothing"
    said = told(steps, "v0.1.0")
    assert said.count("private → public") == 2
    assert "stays private: acme/raw states no licence, so nobody can put its texts under mit." in said
    assert "Visible then: v0.1.0" in said
    assert [each.part for each in promote(steps)] == ["adapter", "space"]
    assert hidden(writer) == {"dataset": True, "adapter": False, "space": False}
    again = plan(writer.api, writer.repo("adapter"), "v0.1.0")
    assert told(again, "v0.1.0").count("public already") == 2
    assert list(promote(again)) == []


@pytest.mark.parametrize(
    ("license_", "rows", "why"),
    [
        pytest.param("mit", "mit", "", id="a free licence"),
        pytest.param("cc-by-nd-4.0", "unknown", "may not be passed on", id="no changed copies"),
        pytest.param("unknown", "mit", "states no licence", id="a licence that nobody gave"),
    ],
)
def test_rows_are_shown_only_as_far_as_their_sources_allow(license_: str, rows: str, why: str) -> None:
    source = Source("hub", "acme/raw", license=license_)
    recipe = replace(RECIPE, sources=(source,), publish=replace(RECIPE.publish, dataset_license=rows))
    assert why in forbidden(recipe)
    assert bool(forbidden(recipe)) is bool(why)
