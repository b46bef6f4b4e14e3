from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from tests.bundles import Candidate, files, pinned, refs, writes
from tests.publishing import api, hub, make
from train.errors import StageError
from train.rehearse.hub.process import LocalHub
from train.release import order
from train.release.publish import carried_out
from train.release.report import Bundle, Release
from train.run import digest_of_all, read_result

__all__ = ["api", "hub", "make"]


def test_a_first_release_is_found_by_its_tag_and_on_main(
    make: Callable[..., Candidate], api: HfApi, tmp_path: Path
) -> None:
    first = make()
    result = first.release(api)
    for repo, kind, held in (
        (first.publish.dataset, "dataset", result.dataset),
        (first.publish.adapter, "model", result.adapter),
        (first.publish.space, "space", result.space),
    ):
        assert held is not None
        assert held.repo == repo
        at = refs(api, repo, kind)
        assert at["v0.1.0"] == held.commit
        assert set(at) == {"main", "v0.1.0"}, "the staging branch is gone"
        assert files(api, repo, kind, "main") == files(api, repo, kind, "v0.1.0")
        assert api.repo_info(repo, repo_type=kind).private is True
    listed = read_result(Bundle, first.run.bundle / "bundle.json", fix="")
    assert set(files(api, first.publish.dataset, "dataset", "v0.1.0")) == {".gitattributes", *listed.dataset}
    served = pinned(api, first.publish.space, "main", tmp_path)
    assert served["writers"][0]["dataset_revision"] == result.dataset.commit
    assert served["writers"][0]["adapter_revision"] == result.adapter.commit
    assert read_result(Release, first.run.folder / "release.json", fix="") == result


def test_a_second_release_of_the_same_bytes_sends_nothing(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub
) -> None:
    first = make().release(api)
    before = writes(hub)
    assert make().release(api) == first
    assert writes(hub) == before


def test_other_bytes_under_a_published_version_are_refused(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub
) -> None:
    first, other = make(), make(rows="two")
    result = first.release(api)
    before = writes(hub)
    with pytest.raises(StageError, match="published with other bytes") as refusal:
        other.release(api)
    for run in (first.run, other.run):
        listed = read_result(Bundle, run.bundle / "bundle.json", fix="")
        assert digest_of_all(listed.dataset) in str(refusal.value)
    assert first.publish.dataset in str(refusal.value)
    assert refusal.value.fix == "python -m train bundle blog --version v0.1.1"
    assert writes(hub) == before
    assert refs(api, first.publish.dataset, "dataset")["v0.1.0"] == result.dataset.commit


DROPPED = "lengths.svg"


def without(whole: order.Order, path: str) -> order.Order:
    """The same version with one file of the adapter less."""
    dataset, adapter = whole.parts
    files = {name: file for name, file in adapter.files.items() if name != path}
    return replace(whole, parts=(dataset, replace(adapter, files=files)))


def test_a_second_version_stands_beside_the_first(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub, tmp_path: Path
) -> None:
    old, new = make(), make("v0.2.0", "two")
    first, second = old.release(api), carried_out(without(order.read(new.recipe, new.run, api), DROPPED))
    adapter = old.publish.adapter
    assert {"v0.1.0": first.adapter.commit, "v0.2.0": second.adapter.commit}.items() <= refs(
        api, adapter, "model"
    ).items()
    assert files(api, adapter, "model", "main") == files(api, adapter, "model", "v0.2.0")
    assert DROPPED in files(api, adapter, "model", "v0.1.0")
    assert DROPPED not in files(api, adapter, "model", "main")
    assert pinned(api, old.publish.space, "main", tmp_path)["writers"][0]["version"] == "v0.2.0"
    assert pinned(api, old.publish.space, "v0.1.0", tmp_path)["writers"][0]["version"] == "v0.1.0"

    before = writes(hub)
    assert old.release(api) == first
    assert writes(hub) == before, "the older version does not come back to main"


def test_a_late_patch_of_an_older_version_leaves_main_and_the_space(
    make: Callable[..., Candidate], api: HfApi
) -> None:
    newest, patch = make("v0.2.0"), make("v0.1.1", "two")
    newest.release(api)
    assert patch.release(api).space is None
    assert files(api, newest.publish.dataset, "dataset", "main") == files(
        api, newest.publish.dataset, "dataset", "v0.2.0"
    )


def test_a_prerelease_leaves_main_and_the_space_alone(make: Callable[..., Candidate], api: HfApi) -> None:
    stable, trial = make(), make("v0.2.0-rc.1", "two")
    stable.release(api)
    before = refs(api, stable.publish.adapter, "model"), refs(api, stable.publish.space, "space")
    result = trial.release(api)
    assert result.space is None
    tagged = {"v0.2.0-rc.1": result.adapter.commit}
    assert refs(api, stable.publish.adapter, "model") == before[0] | tagged
    assert refs(api, stable.publish.space, "space") == before[1]


def test_a_tag_that_points_elsewhere_is_not_moved(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub
) -> None:
    first = make()
    api.create_repo(first.publish.adapter, private=True)
    api.create_tag(first.publish.adapter, tag="v0.1.0")
    before = refs(api, first.publish.adapter, "model"), writes(hub)
    with pytest.raises(StageError, match=first.publish.adapter):
        first.release(api)
    assert (refs(api, first.publish.adapter, "model"), writes(hub)) == before


def test_what_another_try_left_on_the_staging_branch_is_dropped(
    make: Callable[..., Candidate], api: HfApi, capsys: pytest.CaptureFixture[str]
) -> None:
    first, repo = make(), make().publish.dataset
    api.create_repo(repo, repo_type="dataset", private=True)
    api.create_branch(repo, repo_type="dataset", branch="release/v0.1.0")
    api.upload_file(
        path_or_fileobj=b"x",
        path_in_repo="x.txt",
        repo_id=repo,
        repo_type="dataset",
        revision="release/v0.1.0",
    )
    result = first.release(api)
    assert "x.txt" not in files(api, repo, "dataset", "v0.1.0")
    assert len(api.list_repo_commits(repo, repo_type="dataset", revision=result.dataset.commit)) == 2
    assert "dropped release/v0.1.0" in capsys.readouterr().err


def test_what_a_person_wrote_on_main_after_the_release_stays(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub
) -> None:
    first = make()
    result = first.release(api)
    for repo, kind in ((first.publish.dataset, "dataset"), (first.publish.space, "space")):
        api.upload_file(path_or_fileobj=b"x", path_in_repo="notes.txt", repo_id=repo, repo_type=kind)
    before = writes(hub)
    assert first.release(api) == result
    assert writes(hub) == before
