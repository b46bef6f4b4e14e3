"""The workflows as they run: in bash, against the embedded Hub with its Jobs and its token exchange."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.actions.mutants import MUTANTS
from tests.actions.site import Environment, Event
from tests.actions.values import WorkflowError
from tests.actions.workflow import Run, start
from tests.actions.world import (
    CALLER,
    OWN,
    PUBLISH,
    REPOSITORIES,
    SPACE,
    STRANGER,
    World,
    commit,
    git,
    repository,
    world,
)
from train.run import write_text

pytestmark = pytest.mark.slow
TAG = "tiny-v1.0.0"
REFUSED = Environment(approved=False)
TOKENS = (rb"hf_jwt_eyJ", rb"ghs_[0-9]", rb"ACTIONS_ID_TOKEN_REQUEST_TOKEN=")
FINISHED = ("release/plan", "release/data", "release/train", "release/bundle")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world"), "--run-jobs") as place:
        yield place


@pytest.fixture(scope="module")
def refused(place: World) -> Run:
    """A release by a machine with a GPU's label, which nobody approves."""
    place.site.environments = {"hugging-face": REFUSED}
    run = place.push(TAG)
    place.site.environments = {}
    return run


@pytest.fixture(scope="module")
def published(place: World, refused: Run) -> Run:
    """The failed jobs of the same run once more, after somebody has approved."""
    return start(place.site, PUBLISH, refused.event, again=refused)


def held(place: World) -> dict[str, dict[str, str]]:
    return {kind: place.refs(kind) for kind in REPOSITORIES}


def kept(run: Run, *jobs: str) -> Run:
    return replace(run, jobs={name: run.jobs[name] for name in jobs})


def test_without_approval_nothing_reaches_the_hub(place: World, refused: Run) -> None:
    assert [refused.jobs[name].result for name in FINISHED] == ["success"] * 4
    assert (refused.results["release/publish"], refused.results["release/announce"]) == ("failure", "skipped")
    assert all(set(refs) == {"main"} for refs in held(place).values())
    assert "to be approved" in refused.jobs["release/bundle"].summary
    assert place.site.release(OWN, TAG) is None
    labels = dict(place.site.runners)
    assert labels["release/train"] == ("self-hosted", "linux", "x64", "gpu")
    assert {labels[name] for name in labels if name != "release/train"} == {("ubuntu-24.04",)}


def changed(place: World, refused: Run, wrong: str) -> Event:
    """The same tag, released by a workflow with one thing wrong."""
    mutant, own = next(each for each in MUTANTS if each.name == wrong), place.site.path(OWN)
    file = own / ".github" / mutant.file
    write_text(file, file.read_text().replace(mutant.old, mutant.new, 1))
    event = replace(refused.event, sha=commit(own, wrong))
    git(own, "reset", "--hard", "HEAD~1")
    return event


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("publish has no identity", "There is no Hugging Face token on this machine."),
        ("publish needs no approval", 'it carries no claim "environment", which must be "hugging-face"'),
    ],
)
def test_a_workflow_that_was_changed_cannot_publish(place: World, refused: Run, wrong: str, why: str) -> None:
    before = held(place)
    run = start(place.site, PUBLISH, changed(place, refused, wrong), again=refused)
    assert run.results["release/publish"] == "failure"
    assert why in run.log
    assert held(place) == before


def test_a_misspelt_output_is_no_digest(place: World, refused: Run) -> None:
    before = held(place)
    with pytest.raises(WorkflowError, match="there is no 'digets'"):
        start(place.site, PUBLISH, changed(place, refused, "an output is misspelt"), again=refused)
    assert held(place) == before


def test_a_bundle_that_was_changed_on_its_way_is_not_published(place: World, refused: Run) -> None:
    before, artifact = held(place), refused.artifacts / "bundle" / "bundle.tar"
    whole = artifact.read_bytes()

    def tamper(job: str, artifacts: Path) -> None:
        if job == "release/publish":
            with tarfile.open(artifact, "a") as tar:
                tar.add(__file__, "bundle/space/page.py")

    place.site.before_job = tamper
    run = start(place.site, PUBLISH, refused.event, again=refused)
    place.site.before_job = lambda job, artifacts: None
    artifact.write_bytes(whole)
    assert "bundle.tar: FAILED" in run.jobs["release/publish"].log
    assert run.results["release/announce"] == "skipped"
    assert held(place) == before


@pytest.mark.parametrize("tag", ["v1.0.0$(touch${IFS}pwned)", 'v1.0.0";touch${IFS}pwned;"'])
def test_a_hostile_tag_is_a_name_and_nothing_else(place: World, tag: str) -> None:
    run = place.push(tag)
    assert run.results["release/plan"] == "failure"
    assert "names no version of a recipe" in run.log
    assert set(run.results.values()) == {"failure", "skipped"}
    assert not list(place.site.folder.rglob("pwned"))


def test_an_approved_release_is_three_repositories_and_one_on_github(place: World, published: Run) -> None:
    assert set(published.results.values()) == {"success"}, published.log
    for kind, refs in held(place).items():
        assert set(refs) == {"main", "v1.0.0"}
        newest = place.api.list_repo_commits(REPOSITORIES[kind], repo_type=kind)[0]
        assert newest.authors == ["[OIDC]"], "no account's token was used"
    release = place.site.release(OWN, TAG)
    assert release is not None
    assert (release["isDraft"], release["isPrerelease"]) == (False, False)
    assert {"metrics.json", "SHA256SUMS.adapter", "provenance.dataset.json"} <= set(release["assets"])
    assert held(place)["model"]["v1.0.0"] in release["body"]
    assert len(place.site.attested) == 2
    assert all(
        "-c constraints.txt" in line for line in (place.site.folder / "pip.log").read_text().splitlines()
    )


def test_the_jobs_that_had_finished_were_not_run_again(refused: Run, published: Run) -> None:
    assert published.attempt == 2
    assert all(published.jobs[name] is refused.jobs[name] for name in FINISHED)


def holds_token(text: bytes) -> bool:
    """Searched for one by one: alternatives in one pattern take six times as long."""
    return any(re.search(token, text) for token in TOKENS)


def test_no_token_is_left_anywhere(place: World, published: Run) -> None:
    files = [path for path in (place.site.folder / "runs").rglob("*") if path.is_file()]
    assert not [path for path in files if holds_token(path.read_bytes())]
    assert not holds_token(published.log.encode())


def test_an_adapter_that_was_trained_elsewhere_ends_in_the_same_version(
    place: World, refused: Run, published: Run
) -> None:
    before, workspace = held(place), refused.jobs["release/train"].workspace
    place.api.create_repo("rehearsal/staged", exist_ok=True)
    assert workspace is not None
    staged = place.api.upload_folder(
        repo_id="rehearsal/staged",
        folder_path=workspace / "runs" / "tiny",
        allow_patterns=["adapter/*", "evidence/*"],
        ignore_patterns="*.md",
    )
    asked = {"tag": TAG, "trainer": "prebuilt", "adapter": f"rehearsal/staged@{staged.oid}"}
    run = place.dispatch(again=kept(refused, "release/data"), **asked)
    assert set(run.results.values()) == {"success"}, run.log
    assert "its evidence too" in run.jobs["release/train"].log
    assert "Loading weights" not in run.log
    assert held(place) == before


def test_the_demo_goes_back_to_a_version_by_hand(place: World, published: Run) -> None:
    run = place.dispatch(SPACE, recipe="tiny", version="v1.0.0")
    assert run.results == {"move": "success"}
    assert "v1.0.0" in run.log
    hostile = place.dispatch(SPACE, recipe="tiny", version="v1.0.0; touch pwned")
    assert hostile.results == {"move": "failure"}
    assert not list(place.site.folder.rglob("pwned"))


def test_a_job_that_was_cancelled_with_its_run_is_trained_once_more(place: World, refused: Run) -> None:
    own = place.site.path(OWN)
    recipe = own / "train" / "recipes" / "tiny.yaml"
    write_text(recipe, recipe.read_text().replace("seed: 1\ngate", "seed: 2\ngate"))
    commit(own, "Another seed")
    place.site.environments = {"hf-jobs": Environment(secrets={"HF_JOBS_TOKEN": place.hub.token})}
    place.tag("tiny-v1.1.0-rc.1")
    asked = {"tag": "tiny-v1.1.0-rc.1", "trainer": "hf-jobs"}
    place.site.cancel_at, place.site.before_cancel = "started, at most", place.hold_jobs
    cancelled = place.dispatch(again=kept(refused, "release/data"), **asked)
    place.site.cancel_at = ""
    assert cancelled.results["release/train"] == "cancelled"
    assert [job.status.stage for job in place.api.list_jobs(namespace="rehearsal")] == ["CANCELED"]
    before = held(place)
    run = place.dispatch(again=kept(cancelled, "release/plan", "release/data"), **asked)
    place.site.environments = {}
    assert set(run.results.values()) == {"success"}, run.log
    assert "about $" in run.jobs["release/train"].log
    after = held(place)
    assert {kind: after[kind]["main"] for kind in after} == {kind: before[kind]["main"] for kind in after}
    assert "v1.1.0-rc.1" in after["model"]
    assert "v1.1.0-rc.1" not in after["space"]
    release = place.site.release(OWN, "tiny-v1.1.0-rc.1")
    assert release is not None
    assert release["isPrerelease"]


def test_another_repository_releases_a_recipe_of_its_own(place: World, tmp_path: Path) -> None:
    sha = place.site.commit(OWN, "main")
    recipe = (place.site.path(OWN) / "train" / "recipes" / "tiny.yaml").read_text()
    files = {"writer.yaml": recipe.replace("name: tiny", "name: letters"), "x.yml": ""}
    files |= {".github/workflows/letters.yml": CALLER.replace("COMMIT", sha)}
    place.site.repositories[STRANGER] = repository(tmp_path / "letters", files, project=False)
    place.tag("v2.0.0", repository=STRANGER)
    place.site.environments = {"training": REFUSED}
    run = start(
        place.site,
        ".github/workflows/letters.yml",
        place.event("push", "refs/tags/v2.0.0", repository=STRANGER),
    )
    place.site.environments = {}
    assert (run.results["release/data"], run.results["release/train"]) == ("success", "failure"), run.log
    folder = run.jobs["release/data"].workspace
    assert folder is not None
    report = json.loads((folder / "runs" / "letters" / "dataset" / "report.json").read_text())
    assert report["kept"] == 120
