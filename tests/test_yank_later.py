"""What `main` says of a withdrawn version once a later one is out, and while there is none."""

import json
from pathlib import Path

import pytest

from tests.publishing import own_hub as hub
from tests.withdrawing import Published, published
from train import version
from train.evaluate.last import releases
from train.rehearse.hub.process import LocalHub
from train.release.published.place import held_refs
from train.release.published.standing import Yanked, reasons
from train.release.published.yank import told, yank
from train.release.repository import Repository

__all__ = ["hub"]
REASON = "It repeats a private letter word for word."


@pytest.fixture(scope="module")
def later(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A writer whose second version was withdrawn before the third came out."""
    writer = published(hub, "later", tmp_path_factory.mktemp("runs"), "v0.1.0", "v0.2.0")
    yank(writer.api, writer.repo("adapter"), "v0.2.0", REASON)
    writer.release("v0.3.0", "three")
    return writer


def test_a_later_version_takes_main_and_says_what_was_withdrawn(later: Published) -> None:
    for part in ("dataset", "adapter"):
        shown, tagged = later.files(part, "main"), later.files(part, "v0.3.0")
        assert {path for path, blob in shown.items() if tagged.get(path) != blob} == {
            "README.md",
            "yanked.json",
        }
        assert json.loads(later.text(part, "yanked.json"))["yanked"][0]["version"] == "v0.2.0"
        assert "v0.2.0 was withdrawn" in later.text(part, "README.md")
    before = later.state()
    later.release("v0.3.0", "three")
    assert later.state() == before, "released again, it changes nothing"


def test_who_withdraws_an_earlier_one_then_leaves_main_where_it_is(later: Published) -> None:
    adapter = Repository(later.api, "model", later.repo("adapter"))
    held = held_refs(adapter)
    assert later.files("adapter", "main")["SHA256SUMS"] == later.files("adapter", "v0.3.0")["SHA256SUMS"]
    assert [str(each) for each in version.good(held.tags)] == ["v0.1.0", "v0.3.0"]
    assert [str(each) for each in version.withdrawn(held.tags)] == ["v0.2.0"]
    compared = releases(later.repo("adapter"), later.api)
    assert [each.version for each in compared] == ["v0.1.0", "v0.3.0"], "what evaluation compares with"
    assert list(reasons(adapter, held)) == [Yanked("v0.2.0", REASON, "v0.1.0")]

    yank(later.api, later.repo("adapter"), "v0.1.0", "Its licence was not what it seemed.")
    assert later.served() == "v0.3.0", "main and the Space did not show it"
    assert later.files("adapter", "main")["SHA256SUMS"] == later.files("adapter", "v0.3.0")["SHA256SUMS"]
    listed = json.loads(later.text("adapter", "yanked.json"))["yanked"]
    assert [(each["version"], each["use"]) for each in listed] == [("v0.2.0", "v0.3.0"), ("v0.1.0", "v0.3.0")]
    assert [each.use for each in reasons(adapter, held_refs(adapter))] == ["v0.3.0", "v0.3.0"]
    before = later.state()
    later.release("v0.3.0", "three")
    assert later.state() == before


def test_the_only_version_leaves_its_card_and_licences_and_no_weights(hub: LocalHub, tmp_path: Path) -> None:
    writer = published(hub, "only", tmp_path, "v0.1.0")
    said = told(yank(writer.api, writer.repo("adapter"), "v0.1.0", REASON))
    assert "main shows no version, the Space does not serve it" in said
    assert set(writer.files("adapter", "main")) == {
        "README.md",
        "yanked.json",
        "LICENSE.txt",
        "USE_POLICY.md",
    }
    assert "adapter_model.safetensors" in writer.files("adapter", "v0.1.0")
    assert "release.json" not in writer.files("space", "main")
    assert "There is no version to use instead." in writer.text("adapter", "README.md")
    assert "is withdrawn already" in told(yank(writer.api, writer.repo("adapter"), "v0.1.0", REASON))
    writer.release("v0.2.0", "two")
    for part in ("dataset", "adapter"):
        assert " Use v0.2.0." in writer.text(part, "README.md")
        assert json.loads(writer.text(part, "yanked.json"))["yanked"][0]["use"] == "v0.2.0"
    before = writer.state()
    writer.release("v0.2.0", "two")
    assert writer.state() == before
