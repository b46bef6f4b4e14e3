"""What `release --dry-run` says, and that it only looks."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from tests.bundles import Candidate, candidate, writes
from tests.publishing import api, hub
from train.errors import StageError
from train.rehearse.hub.process import LocalHub, running_hub
from train.release.forecast import bytes_of, forecast, foreseen
from train.release.publish import planned
from train.run import as_json

__all__ = ["api", "hub"]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Candidate]:
    folder = tmp_path_factory.mktemp("bundles")
    return lambda name, version="v0.1.0", rows="one": candidate(
        folder / f"{name}-{version}-{rows}", name, version, rows
    )


def told(made: Candidate, api: HfApi) -> str:
    plan = planned(made.recipe, made.run, api)
    text, known = forecast(plan), json.loads(as_json(foreseen(plan)))
    assert all(each["repository"] in text and each["tag"] in text for each in known["repositories"])
    assert [each["error"] for each in known["refused"]] == [str(each) for each in plan.refused]
    return text


def test_before_the_first_release_everything_is_new(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub
) -> None:
    before = writes(hub)
    text = told(make("first"), api)
    assert writes(hub) == before, "nothing was written"
    assert text.count("private, made by this release") == 3
    assert text.count("moves to v0.1.0") == 3
    assert "v0.1.0, free" in text
    assert "    new      adapter_model.safetensors" in text
    assert " same" not in text


def test_a_second_version_names_what_changes_and_what_stays(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub
) -> None:
    make("second").release(api)
    before = writes(hub)
    text = told(make("second", "v0.2.0", "two"), api)
    assert writes(hub) == before
    assert "    changed  README.md" in text
    assert "    same     app.py" in text
    assert "    changed  release.json" in text


def test_what_is_out_already_is_said_to_be(make: Callable[..., Candidate], api: HfApi) -> None:
    result = make("out").release(api)
    text = told(make("out"), api)
    assert text.count("none, it is published") == 3
    assert f"v0.1.0 is at {result.adapter.commit[:7]}" in text
    assert "In all 0 B to send" in text


def test_all_that_forbids_it_is_said_at_once(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub
) -> None:
    made = make("refused")
    api.create_repo(made.publish.adapter, private=False)
    api.create_repo(made.publish.dataset, repo_type="dataset", private=True)
    api.create_tag(made.publish.dataset, repo_type="dataset", tag="v0.1.0")
    before = writes(hub)
    text = told(made, api)
    refused = text.split("It would be refused:")[1]
    assert "published with other bytes" in refused
    assert "is public already, and the recipe says private" in refused
    assert writes(hub) == before


def test_a_prerelease_would_leave_main_and_the_space_alone(
    make: Callable[..., Candidate], api: HfApi
) -> None:
    text = told(make("pre", "v0.2.0-rc.1"), api)
    assert text.count("stays: a pre-release") == 2
    assert "a pre-release leaves it alone" in text


def test_another_version_than_the_bundles_is_refused(make: Callable[..., Candidate], api: HfApi) -> None:
    made = make("first")
    with pytest.raises(StageError, match=r"is v0\.1\.0, not v1\.2\.0") as refusal:
        planned(made.recipe, made.run, api, "v1.2.0")
    assert refusal.value.fix == "python -m train bundle blog --version v1.2.0"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1234, "1.2 kB"), (123_456, "123 kB"), (999_700, "1.0 MB")],
)
def test_a_size_has_two_or_three_figures(size: int, words: str) -> None:
    assert bytes_of(size) == words


def test_who_may_not_write_hears_it_before_anything_is_written(
    make: Callable[..., Candidate], api: HfApi, tmp_path: Path
) -> None:
    with running_hub(tmp_path, arguments=["--account", "rehearsal:hf_reader:read"]) as hub:
        with pytest.raises(StageError, match="may only read"):
            make("first").release(HfApi(endpoint=hub.url, token="hf_reader"))
        make("first").release(HfApi(endpoint=hub.url, token=hub.token))
        with pytest.raises(StageError, match="may not write to dataset"):
            make("first", "v0.2.0").release(HfApi(endpoint=hub.url, token="hf_reader"))
