import subprocess
from pathlib import Path

import pytest

from train.release.code import identity


def git(root: Path, *arguments: str) -> str:
    name = ("-c", "user.name=a", "-c", "user.email=a@b")
    done = subprocess.run(["git", *name, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "clean.py").write_text("rules = 1\n")
    (tmp_path / "README.md").write_text("Imprint\n")
    return tmp_path


@pytest.fixture
def checkout(root: Path) -> Path:
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "first")
    return root


def test_code_without_git_is_named_by_its_digest_alone(root: Path) -> None:
    code = identity(root)
    assert (code.commit, code.dirty) == (None, False)
    assert len(code.tree) == 64


def test_code_in_a_clean_checkout_is_named_by_the_commit_that_last_touched_it(checkout: Path) -> None:
    first = identity(checkout)
    assert first.commit == git(checkout, "rev-parse", "HEAD")
    (checkout / "README.md").write_text("Imprint, explained\n")
    git(checkout, "commit", "--quiet", "-am", "words only")
    assert identity(checkout) == first


@pytest.mark.parametrize("name", ["clean.py", "new.py"])
def test_code_that_no_commit_holds_is_named_by_its_digest_alone(checkout: Path, name: str) -> None:
    before = identity(checkout)
    (checkout / "train" / name).write_text("rules = 2\n")
    after = identity(checkout)
    assert (after.commit, after.dirty) == (None, True)
    assert after.tree != before.tree


def test_what_python_leaves_behind_is_no_code(root: Path) -> None:
    before = identity(root)
    (root / "train" / "__pycache__").mkdir()
    (root / "train" / "__pycache__" / "clean.pyc").write_bytes(b"")
    assert identity(root) == before


def test_a_users_own_settings_of_git_change_nothing(checkout: Path) -> None:
    program = checkout / "gpg"
    program.write_text("#!/bin/sh\ncat > /dev/null; printf '\\n[GNUPG:] SIG_CREATED \\n' >&2; echo signed\n")
    program.chmod(0o755)
    for name, value in {
        "log.showSignature": "true",
        "status.showUntrackedFiles": "no",
        "gpg.program": str(program),
    }.items():
        git(checkout, "config", name, value)
    (checkout / "train" / "clean.py").write_text("rules = 2\n")
    git(checkout, "commit", "--quiet", "-S", "-am", "signed")
    assert identity(checkout).commit == git(checkout, "rev-parse", "HEAD")
    (checkout / "train" / "new.py").write_text("rules = 3\n")
    assert identity(checkout).dirty
