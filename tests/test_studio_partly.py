"""A Space of several writers of which some cannot be served: the others write, each says what it lacks."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.studios import OTHER, Release, of_kind, opened, publish, written

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def release(client: "Client", tmp_path_factory: pytest.TempPathFactory) -> Release:
    return of_kind("transformers", client.run(publish, tmp_path_factory.mktemp("studio")))


def tag(release: Release, name: str) -> str:
    from huggingface_hub import HfApi

    refs = HfApi().list_repo_refs(release["writers"][0]["adapter"])
    return next(each.target_commit for each in refs.tags if each.name == name)


def shared(release: Release) -> Release:
    """One writer that can be served beside one of each kind that cannot, the default one first."""
    sound = release["writers"][0]
    gone = {"name": "gone", "adapter": "rehearsal/nothing"}
    changed = {"name": "changed", "adapter_revision": tag(release, "v0.1.1")}
    baseless = {"name": "baseless", "adapter_revision": tag(release, "v0.3.0-rc.1"), "base": OTHER}
    return {"writers": [sound | gone, sound | changed, sound, sound | baseless]}


def partly(release: Release) -> dict[str, Any]:
    from service import about, asks

    asked = {"title": "On tea", "words": 80}
    with opened(shared(release)) as found:
        kinds = asks.to_write(found)
        refused = []
        for sent in (asked, asked | {"writer": "gone"}):
            try:
                kinds.order(sent)
            except Exception as error:
                refused.append(getattr(error, "code", ""))
        return {
            "health": about.health(found).model_dump(),
            "phases": {each.name: found.state(each.name).phase for each in found.release.writers},
            "texts": {each.name: written(found, writer=each.name) for each in found.release.writers},
            "refused": refused,
        }


@pytest.fixture(scope="module")
def found(client: "Client", release: Release) -> dict[str, Any]:
    return dict(client.run(partly, release))


def test_who_can_write_does(found: dict[str, Any]) -> None:
    assert found["phases"] == {"gone": "failed", "changed": "failed", "blog": "ready", "baseless": "failed"}
    assert found["texts"]["blog"][1] in ("end", "length")


@pytest.mark.parametrize(
    ("writer", "why"),
    [
        pytest.param("gone", "rehearsal/nothing", id="no repository"),
        pytest.param("changed", "is not the one that training saw", id="another prompt, over the same base"),
        pytest.param("baseless", f"{OTHER}@", id="no base"),
    ],
)
def test_who_cannot_says_why(found: dict[str, Any], writer: str, why: str) -> None:
    code, said = found["texts"][writer]
    assert code == "failed"
    assert why in said
    assert found["health"]["failed"][writer] == said


def test_the_space_is_ready_and_names_who_is_missing(found: dict[str, Any]) -> None:
    health = found["health"]
    assert (health["ready"], health["state"]) == (True, "ready")
    assert health["message"] == "Ready, but without gone, changed, baseless."
    assert sorted(health["failed"]) == ["baseless", "changed", "gone"]


def test_no_other_writer_answers_for_one_that_is_not_there(found: dict[str, Any]) -> None:
    assert found["refused"] == ["failed", "failed"], "the first writer is who answers where none is named"
