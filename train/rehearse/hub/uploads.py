"""Which files may travel inside a commit, and which must be uploaded as large files first."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

from dulwich.attrs import (
    AttributeValue,
    Pattern,
    compile_gitattributes_patterns,
    match_path,
    parse_git_attributes,
)
from dulwich.ignore import IgnoreFilter, read_ignore_patterns

from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.snapshot import Snapshot

SAMPLE_BYTES = 512
LARGEST_REGULAR_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class UploadRules:
    """A repository's own rules: its .gitattributes and .gitignore."""

    attributes: str
    ignored: str

    def must_be_large(self, path: str, sample: bytes, size: int) -> bool:
        """Whether a file has to be uploaded as a large file."""
        by_name = match_path(self._attributes, path.encode()).get(b"filter") == b"lfs"
        return by_name or size > LARGEST_REGULAR_BYTES or is_binary(sample)

    def ignores(self, path: str) -> bool:
        """Whether a file is to be left out."""
        return bool(self._ignored.is_ignored(path))

    @cached_property
    def _attributes(self) -> Sequence[tuple[Pattern, Mapping[bytes, AttributeValue]]]:
        return compile_gitattributes_patterns(parse_git_attributes(BytesIO(self.attributes.encode())))

    @cached_property
    def _ignored(self) -> IgnoreFilter:
        return IgnoreFilter(read_ignore_patterns(BytesIO(self.ignored.encode())))


def rules_of(snapshot: Snapshot, ignored: str) -> UploadRules:
    """The rules at one commit; a .gitignore on its way in counts before the one that is there."""
    return UploadRules(snapshot.text(".gitattributes"), ignored or snapshot.text(".gitignore"))


def is_binary(content: bytes) -> bool:
    """Whether the beginning of a file is no text: no more than what the client shows of it beforehand."""
    sample = content[:SAMPLE_BYTES]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return True
    return b"\0" in sample


def check_regular(files: Sequence[tuple[str, bytes]], branch: str) -> None:
    """Refuse contents that must not travel inside a commit."""
    _refuse(
        [path for path, content in files if len(content) > LARGEST_REGULAR_BYTES],
        "files larger than 10 MiB. Please use https://git-lfs.github.com/ to store large files.",
        branch,
    )
    _refuse(
        [path for path, content in files if is_binary(content)],
        "binary files. Please use https://huggingface.co/docs/hub/xet to store binary files.",
        branch,
    )


def _refuse(paths: Sequence[str], reason: str, branch: str) -> None:
    if paths:
        offending = "\n".join(f"  - {path} (ref: refs/heads/{branch})" for path in paths)
        raise bad_request(
            f"Your push was rejected because it contains {reason}\nOffending files:\n{offending}"
        )


def check_uploaded(path: str, actual_size: int | None, claimed_size: int | None) -> int:
    """The size of a large file, which must have been uploaded before its commit."""
    if actual_size is None:
        raise bad_request(f"The content of {path} was never uploaded: its sha256 is unknown to the Hub.")
    if claimed_size is not None and claimed_size != actual_size:
        raise HubError(400, f"{path} is said to have {claimed_size} bytes, but {actual_size} were uploaded.")
    return actual_size
