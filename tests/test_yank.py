"""A version is withdrawn without moving its tag, and a command that was killed goes on."""

import json
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd

from tests.disturbed import Arena, Kept, KilledError, Send, is_write, on_the_line
from tests.publishing import own_hub as hub
from tests.withdrawing import KINDS, Published, published
from train.errors import ImprintError, StageError
from train.rehearse.hub.process import LocalHub
from train.release.order import read
from train.release.published.banner import with_banner
from train.release.published.check import flaws
from train.release.published.standing import Yanked
from train.release.published.verify import verify
from train.release.published.yank import told, yank

__all__ = ["hub"]
REASON = "It repeats a private letter word for word."


@pytest.fixture(scope="module")
def undisturbed(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A writer whose second version was withdrawn at one go."""
    writer = published(hub, "undisturbed", tmp_path_factory.mktemp("runs"), "v0.1.0", "v0.2.0")
    yank(writer.api, writer.repo("adapter"), "v0.2.0", REASON)
    return writer


@dataclass(frozen=True)
class Shelf:
    """A writer whose repositories can be put back to what they were once a version was out."""

    writer: Published
    arena: Arena
    kept: dict[str, Kept]

    def as_of(self, tag: str) -> Published:
        self.arena.put_back(replace(self.kept[tag], stored=self.arena.keep().stored))
        return self.writer


@pytest.fixture(scope="module")
def shelf(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    writer = published(hub, "shelf", tmp_path_factory.mktemp("runs"))
    made = writer.release("v0.1.0")
    arena = Arena(hub, read(made.recipe, made.run, writer.api))
    kept = {"v0.1.0": arena.keep()}
    writer.release("v0.2.0", "1")
    return Shelf(writer, arena, kept | {"v0.2.0": arena.keep()})


def test_main_and_the_space_go_back_and_every_tag_stays(hub: LocalHub, tmp_path: Path) -> None:
    writer = published(hub, "withdrawn", tmp_path, "v0.1.0", "v0.2.0")
    before = {part: writer.refs(part) for part in KINDS}
    assert writer.served() == "v0.2.0"
    said = told(yank(writer.api, writer.repo("dataset"), "v0.2.0", REASON))
    assert (
        said
        == "v0.2.0 is withdrawn: main shows v0.1.0, the Space serves v0.1.0. Its tags stay where they are."
    )
    for part in KINDS:
        now = writer.refs(part)
        assert {tag: now[tag] for tag in ("v0.1.0", "v0.2.0")} == {
            tag: before[part][tag] for tag in ("v0.1.0", "v0.2.0")
        }
        assert now["v0.2.0-yanked"] == now["main"]
    for part in ("dataset", "adapter"):
        shown, first = writer.files(part, "main"), writer.files(part, "v0.1.0")
        assert {path for path in {*shown, *first} if shown.get(path) != first.get(path)} == {
            "README.md",
            "yanked.json",
        }
    assert writer.files("space", "main") == writer.files("space", "v0.1.0")


def test_the_cards_and_a_file_say_why_and_what_to_use_instead(undisturbed: Published) -> None:
    for part in ("dataset", "adapter"):
        card = undisturbed.text(part, "README.md")
        front, _, body = card.removeprefix("---\n").partition("\n---\n")
        assert "license" in front
        assert body.lstrip().startswith("<!-- withdrawn -->\n> [!WARNING]\n> **v0.2.0 was withdrawn**")
        assert f"{REASON.rstrip('.')}\\. Use v0.1.0." in body or f"{REASON} Use v0.1.0." in body
        assert json.loads(undisturbed.text(part, "yanked.json")) == {
            "yanked": [{"reason": REASON, "use": "v0.1.0", "version": "v0.2.0"}]
        }


def test_withdrawing_it_again_changes_nothing_and_says_the_first_reason(undisturbed: Published) -> None:
    before = {part: undisturbed.refs(part) for part in KINDS}
    said = told(yank(undisturbed.api, undisturbed.repo("adapter"), "v0.2.0", "For quite another reason."))
    assert said == f"v0.2.0 is withdrawn already: {REASON}"
    assert {part: undisturbed.refs(part) for part in KINDS} == before


def test_whoever_has_pinned_it_can_still_verify_it(undisturbed: Published) -> None:
    checks = verify(undisturbed.api, undisturbed.repo("adapter"), "v0.2.0").checks
    assert [each.what for each in flaws(checks)] == ["base"], "no base lies on this Hub"
    told = [each.found for each in checks if each.what == "standing"]
    assert told == [f"v0.2.0 was withdrawn: {REASON}"] * 2


def test_releasing_the_withdrawn_version_again_does_not_bring_it_back(undisturbed: Published) -> None:
    before = undisturbed.state()
    with pytest.raises(StageError, match=r"v0\.2\.0 of dataset .* was withdrawn") as refusal:
        undisturbed.release("v0.2.0", "1")
    assert refusal.value.fix == "python -m train bundle blog --version v0.2.1"
    assert undisturbed.state() == before


@pytest.mark.parametrize("until", ["-data/commit/main", "-writer/commit/main", "-space/commit/main"])
def test_a_release_that_died_before_main_and_was_withdrawn_does_not_go_on(shelf: Shelf, until: str) -> None:
    writer = shelf.as_of("v0.1.0")

    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        if until in request.url.path:
            raise KilledError
        return send()

    with on_the_line(fate), pytest.raises(KilledError):
        writer.release("v0.2.0", "1")
    yank(writer.api, writer.repo("adapter"), "v0.2.0", REASON)
    before = writer.state()
    with pytest.raises(StageError, match=r"was withdrawn, and is not released again"):
        writer.release("v0.2.0", "1")
    assert writer.state() == before
    assert writer.served() == "v0.1.0"
    for part in ("dataset", "adapter"):
        shown, first = writer.files(part, "main"), writer.files(part, "v0.1.0")
        assert shown["SHA256SUMS"] == first["SHA256SUMS"]


@pytest.mark.parametrize("after", [1, 2, 4, 6])
def test_a_command_that_was_killed_after_a_write_goes_on_and_ends_the_same(
    shelf: Shelf, undisturbed: Published, after: int
) -> None:
    writer = shelf.as_of("v0.2.0")
    writes = count(1)

    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        answer = send()
        if is_write(request) and next(writes) == after:
            raise KilledError
        return answer

    with on_the_line(fate), pytest.raises(KilledError):  # there are three commits and three tags
        yank(writer.api, writer.repo("adapter"), "v0.2.0", REASON)
    yank(writer.api, writer.repo("adapter"), "v0.2.0", REASON)
    for part in KINDS:
        now, reference = writer.refs(part), undisturbed.refs(part)
        assert now.keys() == reference.keys()
        assert now["v0.2.0-yanked"] == now["main"]
    assert writer.served() == "v0.1.0"
    shown = {path: writer.files("adapter", "main")[path] for path in ("yanked.json", "SHA256SUMS")}
    assert shown["SHA256SUMS"] == writer.files("adapter", "v0.1.0")["SHA256SUMS"]
    assert shown["yanked.json"] == undisturbed.files("adapter", "main")["yanked.json"]


def test_what_a_person_wrote_in_the_card_stays(hub: LocalHub, tmp_path: Path) -> None:
    writer = published(hub, "own", tmp_path, "v0.1.0", "v0.2.0")
    own = "<!-- yours -->\nThanks to Ines for the tea.\n<!-- /yours -->"
    card = f"{writer.text('adapter', 'README.md')}\n{own}\n"
    change = [CommitOperationAdd("README.md", card.encode())]
    writer.api.create_commit(writer.repo("adapter"), change, commit_message="A word of thanks")
    yank(writer.api, writer.repo("adapter"), "v0.2.0", REASON)
    assert own in writer.text("adapter", "README.md")
    assert "v0.2.0 was withdrawn" in writer.text("adapter", "README.md")


@pytest.mark.parametrize(
    ("version", "reason", "said"),
    [
        pytest.param("v0.9.0", REASON, "has no v0.9.0; it has v0.2.0, v0.1.0", id="no such version"),
        pytest.param("0.2.0", REASON, "'0.2.0' is no version", id="no version at all"),
        pytest.param("v0.1.0", "bad", "is no reason that readers could follow", id="no reason"),
    ],
)
def test_what_cannot_be_withdrawn_is_refused_before_anything_is_written(
    undisturbed: Published, version: str, reason: str, said: str
) -> None:
    before = {part: undisturbed.refs(part) for part in KINDS}
    with pytest.raises((StageError, ImprintError), match=said):
        yank(undisturbed.api, undisturbed.repo("adapter"), version, reason)
    assert {part: undisturbed.refs(part) for part in KINDS} == before


@pytest.mark.parametrize(
    "card",
    [
        pytest.param("---\nlicense: mit\n---\n\n# A writer\n", id="with front matter"),
        pytest.param("# A writer\n", id="without"),
        pytest.param("", id="empty"),
    ],
)
def test_a_banner_is_put_once_and_can_be_taken_off(card: str) -> None:
    first = with_banner(card, [Yanked("v0.1.0", "It is *wrong*\n<script>.", "v0.0.9")])
    assert with_banner(first, [Yanked("v0.1.0", "It is *wrong*\n<script>.", "v0.0.9")]) == first
    assert "<script>" not in first
    assert first.count("was withdrawn") == 1
    assert with_banner(first, []) == card
