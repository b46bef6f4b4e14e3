"""The names the Hub accepts: repository types, ids, paths and refs."""

from __future__ import annotations

import re
from enum import StrEnum
from hashlib import sha1

from dulwich.refs import Ref, check_ref_format

from train.rehearse.hub.errors import HubError, bad_request

_NAME = re.compile(r"[A-Za-z0-9._-]{1,96}", re.ASCII)
_FORBIDDEN_SEGMENTS = {"", ".", "..", ".git"}
_PULL = re.compile(r"refs/pr/([1-9][0-9]{0,8})", re.ASCII)
_LONGEST_REF = 200


class Kind(StrEnum):
    """What a repository holds."""

    MODEL = "model"
    DATASET = "dataset"
    SPACE = "space"

    @property
    def plural(self) -> str:
        """The word in API paths."""
        return f"{self.value}s"

    @property
    def web_prefix(self) -> str:
        """What stands before the id in a web address: nothing for a model."""
        return "" if self is Kind.MODEL else f"{self.plural}/"


def kind_named(word: str) -> Kind:
    """The type by its singular, plural or web prefix; an empty word is a model."""
    try:
        return Kind(word.removesuffix("/").removesuffix("s") or "model")
    except ValueError as error:
        raise bad_request(f"Invalid repo type: {word}") from error


def check_repo_id(repo_id: str) -> None:
    """Refuse an id the Hub would refuse."""
    parts = repo_id.split("/")
    if len(parts) != 2 or not all(is_repo_name(part) for part in parts):
        raise bad_request(
            f"Invalid repo name: {repo_id} - repo names are alphanumeric or '-', '_' and '.', at most 96 "
            "characters, '--' and '..' are forbidden, '-' and '.' cannot start or end the name."
        )


def is_repo_name(name: str) -> bool:
    """Whether one half of an id is well formed."""
    return (
        _NAME.fullmatch(name) is not None
        and not name.startswith(("-", "."))
        and not name.endswith(("-", ".", ".git", ".ipynb"))
        and "--" not in name
        and ".." not in name
    )


def path_parts(path: str) -> tuple[bytes, ...]:
    """The segments of a path inside a repository, refused where git or the Hub would refuse them."""
    parts = path.split("/")
    if _FORBIDDEN_SEGMENTS.intersection(parts) or path.startswith("..\\") or "\0" in path:
        raise HubError(422, f"Invalid path in repository: {path!r}")
    return tuple(part.encode() for part in parts)


def branch_ref(name: str) -> Ref:
    """The full ref of a branch."""
    return _checked(Ref(b"refs/heads/" + name.encode()), name)


def head_ref(name: str) -> Ref:
    """The full ref a commit can be added to: a branch, or a pull request by its own full ref."""
    return Ref(name.encode()) if pull_number(name) else branch_ref(name)


def pull_number(revision: str) -> int:
    """The number of the pull request a revision names; 0 if it names something else."""
    found = _PULL.fullmatch(revision)
    return int(found[1]) if found else 0


def pull_revision(number: int) -> str:
    """What a pull request's head is called."""
    return f"refs/pr/{number}"


def tag_ref(name: str) -> Ref:
    """The full ref of a tag."""
    return _checked(Ref(b"refs/tags/" + name.encode()), name)


def database_id(name: str) -> str:
    """The id the real Hub's database would have given; here made from the name, so that it repeats."""
    return sha1(name.encode(), usedforsecurity=False).hexdigest()[:24]


def _checked(ref: Ref, name: str) -> Ref:
    if not check_ref_format(ref) or name.startswith(("-", "refs/")) or len(ref) > _LONGEST_REF:
        raise bad_request(f"Invalid reference name: {name[:_LONGEST_REF]}")
    return ref
