"""What a Hub finds in its data folder after being killed at a bad moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from train.rehearse.hub.commit import Draft, Put, Remove, commit
from train.rehearse.hub.disk import write_json
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.home import Home, Settings
from train.rehearse.hub.names import Kind, check_repo_id
from train.rehearse.hub.repository import Signature
from train.rehearse.hub.snapshot import Snapshot
from train.rehearse.hub.store import Store

BY = Signature("alice", 1_700_000_000)
SETTINGS = Settings(Kind.MODEL, "alice/Writer", "public", BY.date)


def create(store: Store) -> Home:
    return store.create(SETTINGS, "", BY)


def git_folder(data: Path, repo_id: str = SETTINGS.id) -> Path:
    return data / "repos" / "models" / f"{repo_id}.git"


def test_a_repository_is_found_again_whatever_the_case(tmp_path: Path) -> None:
    head = create(Store(tmp_path)).at().commit_id
    found = Store(tmp_path).find(Kind.MODEL, "ALICE/writer")
    assert found
    assert (found.id, found.at().commit_id) == ("alice/Writer", head)


def test_locks_and_packs_of_a_killed_write_are_swept_away(tmp_path: Path) -> None:
    create(Store(tmp_path))
    leftovers = [
        git_folder(tmp_path) / "refs" / "heads" / "main.lock",
        git_folder(tmp_path) / "objects" / "pack" / "tmpabc.pack",
        tmp_path / "scratch" / "upload",
    ]
    for leftover in leftovers:
        leftover.write_bytes(b"PACK")
    home = Store(tmp_path).find(Kind.MODEL, SETTINGS.id)
    assert home
    commit(home.repository, "main", Draft("Go on", [Put("a.txt", b"a")]), BY)
    assert not any(leftover.exists() for leftover in leftovers)


def test_a_creation_that_was_killed_can_be_done_again(tmp_path: Path) -> None:
    create(Store(tmp_path))
    (tmp_path / "repos" / "models" / f"{SETTINGS.id}.json").unlink()
    store = Store(tmp_path)
    assert store.find(Kind.MODEL, SETTINGS.id) is None
    assert create(store).at().note.title == "initial commit"


def test_a_move_that_was_decided_is_finished(tmp_path: Path) -> None:
    store = Store(tmp_path)
    head = create(store).at().commit_id
    decided = replace(SETTINGS, moved_to="alice/Author")
    settings_file = tmp_path / "repos" / "models" / f"{SETTINGS.id}.json"
    write_json(settings_file, decided.to_json(), tmp_path / "scratch")
    for _attempt in range(2):
        store = Store(tmp_path)
        for name in ("alice/Writer", "alice/author"):
            home = store.find(Kind.MODEL, name)
            assert home
            assert (home.id, home.at().commit_id) == ("alice/Author", head)
    assert not git_folder(tmp_path).exists()


def test_an_old_name_may_be_used_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.move(create(store), "alice/Author")
    create(store)
    homes = Store(tmp_path).all(Kind.MODEL)
    assert [home.id for home in homes] == ["alice/Author", "alice/Writer"]
    store.delete(create_or_find(store))
    assert [home.id for home in Store(tmp_path).all(Kind.MODEL)] == ["alice/Author"]


def create_or_find(store: Store) -> Home:
    return store.find(Kind.MODEL, SETTINGS.id) or create(store)


def changed(home: Home, *operations: Put | Remove) -> Snapshot:
    return home.at(commit(home.repository, "main", Draft("Change", operations), BY))


def test_a_commit_edits_the_tree_as_git_would(tmp_path: Path) -> None:
    home = create(Store(tmp_path))
    changed(home, Put("a/b/c.txt", b"c"), Put("a/d.txt", b"d"), Put("e", b"e"))
    snapshot = changed(home, Remove("a/b"), Put("e/f.txt", b"f"), Put("g.txt", b""))
    assert [entry.path for entry in snapshot.files()] == [".gitattributes", "a/d.txt", "e/f.txt", "g.txt"]
    snapshot = changed(home, Remove("a/d.txt"), Remove("e"), Remove("g.txt"), Remove(".gitattributes"))
    assert list(snapshot.listing(recursive=True)) == []
    with pytest.raises(HubError, match="does not exist"):
        changed(home, Remove("a/d.txt"))


@pytest.mark.parametrize(
    "name", ["alice", "a/b/c", "-a/b", "a/b.", "a/b--c", "a/b..c", "a/b.git", "a/ö", "a/" + "b" * 97]
)
def test_an_id_the_hub_does_not_take(name: str) -> None:
    with pytest.raises(HubError, match="Invalid repo name"):
        check_repo_id(name)
