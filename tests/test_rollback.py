"""`main` and the Space go to an earlier version and forward again; no tag moves."""

import pytest
from huggingface_hub import HfApi

from tests.publishing import hub
from tests.withdrawing import KINDS, Published
from train.errors import StageError
from train.rehearse.hub.process import LocalHub
from train.release.published.rollback import rollback, told
from train.release.published.yank import yank

__all__ = ["hub"]


@pytest.fixture(scope="module")
def writer(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Three versions; the tests go from one to another."""
    made = Published(HfApi(endpoint=hub.url, token=hub.token), "back", tmp_path_factory.mktemp("runs"))
    for rows, version in enumerate(("v0.1.0", "v0.2.0", "v0.3.0")):
        made.release(version, "one" if rows == 0 else f"{rows}")
    return made


def shown(writer: Published) -> dict[str, str]:
    """Which version each part shows, by the files of its tags."""
    found = {}
    for part in KINDS:
        now = writer.files(part, "main")
        found[part] = next(
            (tag for tag in writer.refs(part) if tag != "main" and writer.files(part, tag) == now), "none"
        )
    return found


def everywhere(version: str) -> dict[str, str]:
    return dict.fromkeys(KINDS, version)


def test_it_goes_to_the_version_before_and_twice_is_once(writer: Published) -> None:
    tags = {part: {k: v for k, v in writer.refs(part).items() if k != "main"} for part in KINDS}
    said = told(rollback(writer.api, writer.repo("adapter")))
    assert said == "main shows v0.2.0, the Space serves v0.2.0. Every tag stays where it is."
    assert shown(writer) == everywhere("v0.2.0")
    heads = [writer.refs(part)["main"] for part in KINDS]
    assert told(rollback(writer.api, writer.repo("adapter"))) == said
    assert [writer.refs(part)["main"] for part in KINDS] == heads
    assert {part: {k: v for k, v in writer.refs(part).items() if k != "main"} for part in KINDS} == tags


def test_it_goes_to_any_version_that_is_named_and_forward_again(writer: Published) -> None:
    for version in ("v0.1.0", "v0.3.0"):
        rollback(writer.api, writer.repo("space"), version)
        assert shown(writer) == everywhere(version)


def test_releasing_the_newest_version_again_leaves_what_was_chosen(writer: Published) -> None:
    rollback(writer.api, writer.repo("adapter"), "v0.1.0")
    writer.release("v0.3.0", "2")
    assert shown(writer) == everywhere("v0.1.0")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        pytest.param("v0.9.0", "is no version of rehearsal/back-writer", id="unknown"),
        pytest.param("v0.2.0-rc.1", "is a pre-release", id="a pre-release"),
    ],
)
def test_it_does_not_go_where_no_version_stands(writer: Published, to: str, said: str) -> None:
    with pytest.raises(StageError, match=said) as caught:
        rollback(writer.api, writer.repo("adapter"), to)
    assert caught.value.fix == "python -m train rollback rehearsal/back-writer --to v0.3.0"


def test_a_withdrawn_version_is_passed_over_and_the_banner_stays(writer: Published) -> None:
    yank(writer.api, writer.repo("adapter"), "v0.2.0", "It writes in the wrong language.")
    said = told(rollback(writer.api, writer.repo("adapter")))
    assert said.startswith("main shows v0.1.0, the Space serves v0.1.0.")
    assert "v0.2.0 was withdrawn" in writer.text("adapter", "README.md")
    with pytest.raises(StageError, match=r"v0\.2\.0 was withdrawn"):
        rollback(writer.api, writer.repo("adapter"), "v0.2.0")
