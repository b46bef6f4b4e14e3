"""What the workflows ask of the command line: a plan from a tag, and a summary of a bundle."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from huggingface_hub import HfApi

from tests.actions.world import commit, git
from tests.bundles import candidate
from tests.publishing import own_hub as hub
from train.__main__ import main
from train.errors import ImprintError
from train.evaluate.report import Check, Metric, Metrics, Verdict
from train.recipe import load
from train.rehearse.hub.process import LocalHub
from train.release.pipeline import plan, summary, tag
from train.run import ROOT, as_json, write_text

__all__ = ["hub"]
LETTERS = (ROOT / "train" / "recipes" / "blog.yaml").read_text()


@pytest.mark.parametrize(
    ("name", "recipe", "version"),
    [
        ("v1.2.0", None, "v1.2.0"),
        ("v1.2.0-rc.1", None, "v1.2.0-rc.1"),
        ("news-v1.2.0", "news", "v1.2.0"),
        ("my-v2-letters-v0.1.0", "my-v2-letters", "v0.1.0"),
        ("news-v1.2.0-beta.3", "news", "v1.2.0-beta.3"),
    ],
)
def test_a_tag_names_a_recipe_and_a_version(name: str, recipe: str | None, version: str) -> None:
    found = tag.parse(name)
    assert (found.recipe, str(found.version)) == (recipe, version)


@pytest.mark.parametrize(
    "name",
    [
        *("", "v1", "v1.2", "1.2.0", "v01.2.0", "v1.2.0-rc1", "V1.2.0", "News-v1.2.0", "-v1.2.0", "v1.2.0 "),
        *("v1.0.0$(touch x)", "v1.0.0;touch x", "v1.0.0`id`", "v1.0.0\nrecipe=evil", "v1.0.0\n", '"v1.0.0"'),
        *(
            "../v1.0.0",
            "a/b-v1.0.0",
            "v1.0.0'",
            "v1.0.0&&x",
            "v1.0.0|x",
            "v1.0.0%0Ax",
            "v\u0661.0.0",
            "--help",
        ),
    ],
)
def test_a_name_that_is_no_version_is_refused(name: str) -> None:
    with pytest.raises(ImprintError, match="names no version of a recipe"):
        tag.parse(name)


Planned = Callable[..., dict[str, str]]


@pytest.fixture
def planned(tmp_path: Path, hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> Planned:
    """What `plan` hands to the workflow, for a repository with one recipe."""
    monkeypatch.setattr(plan, "visitor", lambda: HfApi(hub.url, token=False))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    caller = tmp_path / "caller"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "caller")

    def made(*words: str, name: str = "letters", at: str = "main", **changes: object) -> dict[str, str]:
        tree = {**yaml.safe_load(LETTERS), "name": name, **changes}
        tree["publish"] = {**tree["publish"], "dataset": "acme/d", "adapter": "acme/a", "space": "acme/s"}
        write_text(caller / "train" / "recipes" / "letters.yaml", yaml.safe_dump(tree))
        commit(caller, "The recipe")
        git(caller, "branch", "--force", "reviewed", at)
        git(caller, "tag", "letters-v1.0.0")
        git(caller, "checkout", "--quiet", "--detach")
        (tmp_path / "output").unlink(missing_ok=True)
        words = words or ("letters-v1.0.0",)
        assert main(["plan", *words, "--caller", str(caller), "--main", "reviewed"]) == 0
        return dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())

    return made


def test_a_plan_says_what_the_jobs_after_it_need(planned: Planned, tmp_path: Path) -> None:
    caller = tmp_path / "caller"
    assert planned("letters-v1.0.0", "--visibility", "private") == {
        "tag": "letters-v1.0.0",
        "version": "v1.0.0",
        "prerelease": "false",
        "recipe": f"{caller}/train/recipes/letters.yaml",
        "name": "letters",
        "commit": git(caller, "rev-parse", "main"),
    }


PRIVATE = [{"kind": "folder", "path": "caller/diary", "private": True}]


@pytest.mark.parametrize(
    ("words", "changes", "why"),
    [
        (("letters-v1.0.1",), {}, "There is no tag letters-v1.0.1."),
        ((), {"name": "notes"}, "is for the recipe letters, and"),
        (("letters-v1.0.0", "--trainer", "own"), {}, "There is no trainer 'own'."),
        (("letters-v1.0.0", "--trainer", "prebuilt"), {}, "is named OWNER/NAME@COMMIT"),
        (("letters-v1.0.0", "--recipe", "../other.yaml"), {}, "no recipe's file in this repository"),
        (("letters-v1.0.0", "--recipe", "/etc/passwd"), {}, "no recipe's file in this repository"),
        (("letters-v1.0.0", "--recipe", "a\nb.yaml"), {}, "no recipe's file in this repository"),
        ((), {"sources": PRIVATE}, "anybody can download what jobs of a public repository keep"),
    ],
)
def test_what_cannot_be_released_is_said_before_anything_is_built(
    planned: Planned,
    words: tuple[str, ...],
    changes: dict[str, object],
    why: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(AssertionError):
        planned(*words, **changes)
    assert why in capsys.readouterr().err


def test_a_commit_that_is_not_on_main_is_not_released(
    planned: Planned, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caller = tmp_path / "caller"
    write_text(caller / "README.md", "Letters")
    before = commit(caller, "Before the recipe")
    with pytest.raises(AssertionError):
        planned(at=before)
    assert "which is not part of reviewed" in capsys.readouterr().err


def test_a_version_that_somebody_else_has_tagged_is_taken(
    planned: Planned, hub: LocalHub, capsys: pytest.CaptureFixture[str]
) -> None:
    api = HfApi(hub.url, token=hub.token)
    api.create_repo("rehearsal/taken", repo_type="dataset")
    api.create_tag("rehearsal/taken", repo_type="dataset", tag="v1.0.0")
    recipe = replace(load("blog"), name="letters")
    there = replace(recipe.publish, dataset="rehearsal/taken", adapter="rehearsal/a", space="rehearsal/s")
    ours = replace(recipe, publish=there)
    with pytest.raises(ImprintError, match="was not released by letters"):
        plan._check_free(ours, tag.parse("letters-v1.0.0"))
    api.delete_tag("rehearsal/taken", repo_type="dataset", tag="v1.0.0")
    api.upload_file(
        repo_id="rehearsal/taken",
        repo_type="dataset",
        path_or_fileobj=b"x",
        path_in_repo="x",
        commit_message="Letters v1.0.0",
        commit_description="Release-Id: letters-v1.0.0\nBundle-SHA256: 0",
    )
    api.create_tag("rehearsal/taken", repo_type="dataset", tag="v1.0.0")
    plan._check_free(ours, tag.parse("letters-v1.0.0"))
    assert "its bytes must be the same" in capsys.readouterr().err


HOSTILE = "texts | <b>whole</b>"
CHECKS = (
    Check("structure", 0.9, 0.5, False, "Texts that are whole: 50 %, at least 90 %.", level="block"),
    Check("demo", 0, 1, False, "The corpus is a demo.", level="warn"),
)


def test_a_summary_shows_figures_gate_and_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = candidate(tmp_path / "blog", "summed")
    evidence = made.run.bundle / "adapter" / "evidence"
    figures = (
        Metric("structure", HOSTILE, base=0.25, adapter=0.5, better="higher", over="8 titles", unit="share"),
        Metric("bits_per_byte", "bits per byte", base=1.5, adapter=math.nan, better="lower", over="8 texts"),
    )
    metrics = Metrics("", "blog", "", "", 8, 8, figures, {}, demo=True)
    write_text(evidence / "metrics.json", as_json(metrics))
    write_text(evidence / "gate.json", as_json(Verdict("", passed=False, checks=CHECKS)))
    for path in summary.ASSETS.values():
        if not (made.run.bundle / path).exists():
            write_text(made.run.bundle / path, "{}\n")
    asked = ["summary", "blog", "--runs", str(tmp_path), "--assets", str(tmp_path / "assets")]
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert "| dataset | rehearsal/summed-data |" in told
    assert "| to be approved |" in told
    assert r"| texts \| &lt;b&gt;whole&lt;/b&gt; | 50.0% | 25.0% |" in told
    assert "| bits per byte | none | 1.500 |" in told
    assert "**The gate is shut.**" in told
    assert "- FAILED: Texts that are whole: 50 %, at least 90 %." in told
    assert "- warned: The corpus is a demo." in told
    assert sorted(path.name for path in (tmp_path / "assets").iterdir()) == sorted(summary.ASSETS)
