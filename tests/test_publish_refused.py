"""What is not published: for whom, for where, or because of what it is."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from huggingface_hub import HfApi

from tests.bundles import Candidate, refs, write_list, writes
from tests.publishing import api, hub, make
from train import patience
from train.errors import ImprintError, RecipeError, StageError
from train.evaluate.report import Check, Verdict
from train.outcome import outcome
from train.rehearse.hub.process import LocalHub
from train.release import order
from train.release.publish import carried_out
from train.run import as_json, write_text

__all__ = ["api", "hub", "make"]


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


def shut(made: Candidate) -> Candidate:
    """The same bundle, its gate shut."""
    check = Check("structure", 0.2, 0.9, False, "10 of 50 titles got a whole post; 45 were needed.")
    verdict = Verdict("key", passed=False, checks=(check,))
    write_text(made.run.bundle / "adapter" / "evidence" / "gate.json", as_json(verdict))
    write_list(made.recipe, made.run, "v0.1.0")
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
    made = make()
    whole = order.read(made.recipe, made.run, api)
    whole = replace(whole, bundle=replace(whole.bundle, anyway="the class needs it on Monday"))
    assert outcome(carried_out(whole)).endswith(", though its gate is shut: the class needs it on Monday")


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


def test_a_branch_that_hides_the_tag_is_said_before_anything_is_written(
    make: Callable[..., Candidate], api: HfApi
) -> None:
    made = make()
    repo = made.publish.dataset
    api.create_repo(repo, repo_type="dataset", private=True)
    api.create_branch(repo, repo_type="dataset", branch="v0.1.0")
    before = api.list_repo_refs(repo, repo_type="dataset")
    with pytest.raises(StageError, match=r"has a branch called v0\.1\.0") as told:
        made.release(api)
    assert told.value.fix == f"hf repos branch delete {repo} v0.1.0 --type dataset"
    assert api.list_repo_refs(repo, repo_type="dataset") == before
