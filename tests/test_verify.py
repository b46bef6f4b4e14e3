"""A published version, checked from outside: whoever changes anything of it is found out, by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd as Add
from huggingface_hub import CommitOperationDelete as Delete
from huggingface_hub import HfApi

from tests.publishing import hub
from tests.withdrawing import Published
from train import patience
from train.__main__ import main
from train.errors import StageError
from train.rehearse.hub.process import LocalHub
from train.release.published.check import flaws
from train.release.published.verify import told, verify

__all__ = ["hub"]
BASE = "rehearsal/tiny-llama"


@pytest.fixture(scope="module")
def writer(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Two versions of a writer, with a base that is really there."""
    made = Published(HfApi(endpoint=hub.url, token=hub.token), "verified", tmp_path_factory.mktemp("runs"))
    made.release("v0.1.0")
    made.release("v0.2.0", "two")
    return made


@pytest.fixture
def version(writer: Published) -> Iterator[Published]:
    """The first version, put right again after a test."""
    before = {part: writer.refs(part) for part in ("dataset", "adapter", "space")}
    yield writer
    for part, held in before.items():
        if writer.refs(part)["v0.1.0"] != held["v0.1.0"]:
            writer.point(part, "v0.1.0", held["v0.1.0"])


def wrong(version: Published, revision: str = "v0.1.0") -> list[str]:
    """Every flaw but that of the base, which is nowhere on this Hub."""
    found = verify(version.api, version.repo("adapter"), revision).checks
    return [f"{each.part} {each.what}: {each.found}" for each in flaws(found) if each.what != "base"]


@pytest.mark.parametrize("part", ["dataset", "adapter", "space"])
def test_an_untouched_version_is_as_it_was_released_from_whichever_part_one_begins(
    writer: Published, part: str
) -> None:
    verdict = verify(writer.api, writer.repo(part), "v0.1.0")
    assert [each.found for each in flaws(verdict.checks)] == [f"there is no {BASE} that this account can see"]
    looked = {(each.part, each.what) for each in verdict.checks if each.passed}
    assert {
        ("dataset", "files"),
        ("adapter", "provenance"),
        ("adapter", "card"),
        ("adapter", "rows"),
        ("space", "pins"),
        ("space", "serves"),
        ("version", "bundle"),
    } <= looked


def test_the_newest_version_is_the_one_that_is_meant(writer: Published) -> None:
    assert verify(writer.api, writer.repo("dataset")).revision == "v0.2.0"


WEIGHTS, ROWS = "adapter_model.safetensors", "data/train-00000-of-00001.parquet"


@pytest.mark.parametrize(
    ("part", "change", "named"),
    [
        pytest.param("adapter", Add(WEIGHTS, b"\0other"), f"{WEIGHTS} has other bytes", id="other weights"),
        pytest.param("dataset", Add(ROWS, b"PAR1"), f"{ROWS} has other bytes", id="other rows"),
        pytest.param("adapter", Add("notes.txt", b"new"), "notes.txt is extra", id="an extra file"),
        pytest.param("dataset", Delete("report.svg"), "report.svg is missing", id="a missing file"),
        pytest.param("adapter", Add("SHA256SUMS", b"no list\n"), "SHA256SUMS is no list", id="no list"),
        pytest.param("adapter", Delete("SHA256SUMS"), "there is no SHA256SUMS", id="the list is gone"),
        pytest.param("adapter", Add("provenance.json", b"{}"), "is no in-toto statement", id="no statement"),
        pytest.param("space", Add("app.py", b"print()\n"), "the files come to", id="another app"),
    ],
)
def test_who_changes_a_file_and_moves_the_tag_with_its_own_words_is_found_out(
    version: Published, part: str, change: Add | Delete, named: str
) -> None:
    version.move_tag(part, "v0.1.0", change)
    found = wrong(version)
    assert any(named in flaw for flaw in found), found
    pinned = [flaw for flaw in found if "the tag was moved" in flaw]
    assert bool(pinned) is (part != "space"), "the Space pins what was released"


def test_a_changed_list_is_told_from_changed_files(version: Published) -> None:
    listed = version.text("adapter", "SHA256SUMS", "v0.1.0")
    first = listed.splitlines()[-1]
    version.move_tag(
        "adapter", "v0.1.0", Add("SHA256SUMS", listed.replace(first, "0" * 64 + first[64:]).encode())
    )
    found = " ".join(wrong(version))
    assert f"{first[66:]} has other bytes than SHA256SUMS says" in found
    assert f"SHA256SUMS was changed: it says another digest of {first[66:]}" in found


def test_a_file_that_is_changed_with_the_list_and_the_statement_is_found_by_the_bundles_digest(
    version: Published,
) -> None:
    import hashlib

    loss = hashlib.sha256(version.text("adapter", "loss.svg", "v0.1.0").encode()).hexdigest()
    other = hashlib.sha256(b"<svg></svg>\n").hexdigest()
    forged = [Add("loss.svg", b"<svg></svg>\n")]
    for name in ("SHA256SUMS", "provenance.json"):
        forged.append(Add(name, version.text("adapter", name, "v0.1.0").replace(loss, other).encode()))
    version.move_tag("adapter", "v0.1.0", *forged)
    assert any("version bundle: the files come to" in flaw for flaw in wrong(version))


def test_a_tag_that_was_moved_to_another_version_is_found_by_its_commit(version: Published) -> None:
    version.point("dataset", "v0.1.0", version.refs("dataset")["v0.2.0"])
    found = wrong(version)
    assert any("which was made for blog-v0.2.0: the tag was moved" in flaw for flaw in found)
    assert any("the parts are of different bundles" in flaw for flaw in found)
    assert any("it learned from other rows" in flaw for flaw in found)


def test_a_commit_that_no_release_made_is_found(version: Published) -> None:
    version.move_tag("adapter", "v0.1.0", Add("notes.txt", b"mine"), message="A small fix")
    assert any("a commit that no release made" in flaw for flaw in wrong(version))


@pytest.mark.parametrize(
    ("pins", "said"),
    [
        pytest.param({"adapter_revision": "main"}, "it serves main, which can move", id="a branch"),
        pytest.param({"adapter_revision": "a" * 40}, "which is no version", id="a stray commit"),
        pytest.param({"version": "v0.1.0"}, "it says v0.1.0 and serves v0.2.0", id="another name"),
        pytest.param({"adapter": "acme/other"}, "it serves acme/other, not", id="another adapter"),
        pytest.param(None, "not rehearsal/verified-writer", id="nothing"),
    ],
)
def test_a_space_that_points_elsewhere_is_found(
    version: Published, pins: dict[str, str] | None, said: str
) -> None:
    import json

    repo, before = version.repo("space"), version.text("space", "release.json")
    release = json.loads(before)
    release["writers"][0] |= pins or {}
    text = "{}" if pins is None else json.dumps(release)
    change = [Add("release.json", text.encode())]
    version.api.create_commit(repo, change, repo_type="space", commit_message="Elsewhere")
    try:
        assert any(said in flaw for flaw in wrong(version)), wrong(version)
    finally:
        put = [Add("release.json", before.encode())]
        version.api.create_commit(repo, put, repo_type="space", commit_message="Back")


def test_bytes_that_break_on_their_way_are_told_from_a_changed_version(
    version: Published, hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(patience, "sleep", lambda _: None)
    hub.arm("GET */resolve/*/loss.svg corrupt")
    try:
        found = verify(version.api, version.repo("adapter"), "v0.1.0").checks
    finally:
        hub.arm()
    damaged = [each for each in flaws(found) if each.what == "files"]
    assert [each.found for each in damaged] == ["loss.svg did not arrive as the Hub lists it"]


def test_bytes_that_break_once_are_fetched_again(
    version: Published, hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    hub.arm("GET */resolve/*/loss.svg corrupt at 1")
    try:
        assert wrong(version) == []
    finally:
        hub.arm()


def test_the_repository_of_others_is_told_what_it_lacks(writer: Published) -> None:
    repo = "rehearsal/somebodys-adapter"
    writer.api.create_repo(repo, exist_ok=True)
    verdict = verify(writer.api, repo)
    said = told(verdict)
    assert verdict.revision == "main"
    assert "✗ adapter  files       there is no SHA256SUMS: what the files should be cannot be known" in said
    assert "· space    tag         nothing here names it" in said
    assert said.endswith("rehearsal/somebodys-adapter main: 3 things speak against it.")


def test_main_may_hold_words_that_a_person_wrote_since(version: Published) -> None:
    card = version.text("adapter", "README.md") + "\nMine.\n"
    change = [Add("README.md", card.encode())]
    version.api.create_commit(version.repo("adapter"), change, commit_message="A word of mine")
    assert wrong(version, "main") == []


@pytest.mark.parametrize(
    ("repo", "revision", "said", "fix"),
    [
        pytest.param("rehearsal/nobody", None, "no repository rehearsal/nobody", "auth login", id="no repo"),
        pytest.param(
            "rehearsal/verified-writer",
            "v9.0.0",
            "has no v9.0.0; it has v0.2.0, v0.1.0",
            "v0.2.0",
            id="no tag",
        ),
        pytest.param("datasets/rehearsal/verified-writer", None, "no dataset", "auth login", id="no dataset"),
        pytest.param(
            "what is this", None, "is no repository on the Hub and no recipe", "OWNER/NAME", id="no name"
        ),
        pytest.param(
            "ana/märchen", None, "is no repository on the Hub and no recipe", "OWNER/NAME", id="an umlaut"
        ),
    ],
)
def test_what_is_not_there_is_said_with_what_helps(
    writer: Published, repo: str, revision: str | None, said: str, fix: str
) -> None:
    with pytest.raises(StageError, match=said) as caught:
        verify(writer.api, repo, revision)
    assert fix in caught.value.fix


def test_a_version_that_others_may_not_see_is_said_to_be_hidden(writer: Published, hub: LocalHub) -> None:
    stranger = HfApi(endpoint=hub.url, token=False)
    with pytest.raises(StageError, match="that this account can see"):
        verify(stranger, writer.repo("adapter"))


def test_a_flaw_is_an_exit_code_and_a_line_that_says_what_helps(
    writer: Published, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("train.release.published.verify.visitor", lambda: writer.api)
    assert main(["verify", writer.repo("space"), "--revision", "v0.2.0"]) == 3
    said = capsys.readouterr().out
    assert f"✗          base        there is no {BASE} that this account can see\n   " in said
    assert said.endswith("rehearsal/verified-space v0.2.0: one thing speaks against it.\n")
