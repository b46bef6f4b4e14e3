from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from tests.bundles import Candidate, candidate, files, pinned, refs, write_list, writes
from train import patience
from train.errors import ImprintError, RecipeError, StageError
from train.evaluate.report import Check, Verdict
from train.outcome import outcome
from train.rehearse.hub.process import LocalHub, running_hub
from train.release.report import Bundle, Release
from train.run import as_json, digest_of_all, read_result, write_text


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def api(hub: LocalHub) -> HfApi:
    return HfApi(endpoint=hub.url, token=hub.token)


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Candidate]:
    """Candidates for repositories that no other test uses."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    return lambda version="v0.1.0", rows="one": candidate(tmp_path / f"{version}-{rows}", name, version, rows)


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
    assert set(files(api, first.publish.dataset, "dataset", "v0.1.0")) == {
        ".gitattributes",
        "README.md",
        "data/train-00000-of-00001.parquet",
        "report.json",
    }
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


def test_a_second_version_stands_beside_the_first(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub, tmp_path: Path
) -> None:
    old, new = make(), make("v0.2.0", "two")
    (new.run.bundle / "adapter/evidence/metrics.json").unlink()
    write_list(new.recipe, new.run, "v0.2.0")
    first, second = old.release(api), new.release(api)
    adapter = old.publish.adapter
    assert {"v0.1.0": first.adapter.commit, "v0.2.0": second.adapter.commit}.items() <= refs(
        api, adapter, "model"
    ).items()
    assert files(api, adapter, "model", "main") == files(api, adapter, "model", "v0.2.0")
    assert "evidence/metrics.json" not in files(api, adapter, "model", "main")
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


def test_what_is_meant_to_be_private_is_not_written_to_a_public_repository(
    make: Callable[..., Candidate], api: HfApi
) -> None:
    first = make()
    api.create_repo(first.publish.adapter, private=False)
    with pytest.raises(StageError, match="is public already"):
        first.release(api)
    assert set(refs(api, first.publish.adapter, "model")) == {"main"}


def test_a_promoted_repository_stays_public(make: Callable[..., Candidate], api: HfApi) -> None:
    first = make()
    first.release(api)
    api.update_repo_settings(first.publish.adapter, visibility="public")
    make("v0.1.1", "two").release(api)
    assert api.repo_info(first.publish.adapter).private is False


@pytest.mark.parametrize("owner", ["OWNER/blog-posts", "blog-posts"])
def test_a_placeholder_is_no_repository(make: Callable[..., Candidate], api: HfApi, owner: str) -> None:
    first = make()
    recipe = replace(first.recipe, publish=replace(first.publish, dataset=owner))
    write_list(recipe, first.run, "v0.1.0")
    with pytest.raises(RecipeError, match=owner) as refusal:
        Candidate(recipe, first.run).release(api)
    assert "publish section" in refusal.value.fix


def test_a_missing_bundle_names_the_command_that_makes_it(make: Callable[..., Candidate], api: HfApi) -> None:
    first = make()
    (first.run.bundle / "bundle.json").unlink()
    with pytest.raises(StageError, match=r"bundle\.json is missing") as refusal:
        first.release(api)
    assert refusal.value.fix == "python -m train bundle blog"


def shut(made: Candidate, anyway: str = "") -> Candidate:
    """The same bundle, its gate shut."""
    check = Check("structure", 0.2, 0.9, False, "10 of 50 titles got a whole post; 45 were needed.")
    verdict = Verdict("key", passed=False, checks=(check,))
    write_text(made.run.bundle / "adapter" / "evidence" / "gate.json", as_json(verdict))
    write_list(made.recipe, made.run, "v0.1.0", anyway)
    return made


def test_a_bundle_whose_gate_is_shut_is_not_released(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub
) -> None:
    before = writes(hub)
    with pytest.raises(StageError, match="10 of 50 titles got a whole post") as refusal:
        shut(make()).release(api)
    assert refusal.value.fix == "python -m train bundle blog"
    assert writes(hub) == before


def test_a_release_for_a_reason_says_the_reason(make: Callable[..., Candidate], api: HfApi) -> None:
    result = shut(make(), "the class needs it on Monday").release(api)
    assert outcome(result).endswith(", though its gate is shut: the class needs it on Monday")


def test_a_token_that_the_hub_does_not_know_ends_the_release_before_it_begins(
    make: Callable[..., Candidate], hub: LocalHub
) -> None:
    before = writes(hub)
    with pytest.raises(ImprintError, match="refused") as refusal:
        make().release(HfApi(endpoint=hub.url, token="hf_unknown"))
    assert refusal.value.fix == "hf auth login"
    assert writes(hub) == before


def test_without_a_token_the_command_that_gets_one_is_named(
    make: Callable[..., Candidate], hub: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.hf_api.get_token", lambda: None)
    with pytest.raises(ImprintError, match="no Hugging Face token") as refusal:
        make().release(HfApi(endpoint=hub.url))
    assert refusal.value.fix == "hf auth login"


def test_a_hub_out_of_reach_is_said_in_one_line(
    make: Callable[..., Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "sleep", lambda _: None)
    with pytest.raises(StageError, match=r"^http://127\.0\.0\.1:9 cannot be reached") as refusal:
        make().release(HfApi(endpoint="http://127.0.0.1:9", token="hf_x"))
    assert "\n" not in str(refusal.value)
    assert refusal.value.fix == "python -m train release blog"
