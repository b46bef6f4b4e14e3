"""Versions: how they are written, how they follow one another, which is free."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from train.errors import ImprintError

_STAGES = ("alpha", "beta", "rc", "")  # in the order in which they come out; the last is the version itself
_FINAL = _STAGES.index("")
_NUMBER = r"(0|[1-9][0-9]*)"
_WITHDRAWN = "-yanked"
_FORM = re.compile(rf"v{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-(alpha|beta|rc)\.{_NUMBER})?")


@dataclass(frozen=True, order=True)
class Version:
    """A version; versions sort in the order in which they come out."""

    major: int
    minor: int
    patch: int
    stage: int = _FINAL
    number: int = 0

    def __str__(self) -> str:
        """The version as its tag is called."""
        suffix = f"-{_STAGES[self.stage]}.{self.number}" if self.is_prerelease else ""
        return f"v{self.major}.{self.minor}.{self.patch}{suffix}"

    @property
    def is_prerelease(self) -> bool:
        """Whether it comes before a version, and so leaves `main` and the Space alone."""
        return self.stage != _FINAL

    @property
    def successor(self) -> "Version":
        """The next patch, or the next try of a pre-release."""
        if self.is_prerelease:
            return Version(self.major, self.minor, self.patch, self.stage, self.number + 1)
        return Version(self.major, self.minor, self.patch + 1)


def parse(text: str) -> Version:
    """The version that `text` spells, as in v1.2.0 or v1.2.0-rc.1."""
    form = _FORM.fullmatch(text)
    if not form:
        raise ImprintError(
            f"{text!r} is no version.", fix="write it as v0.1.0 (or v0.1.0-rc.1 to try it out)"
        )
    major, minor, patch, stage, number = form.groups(default="")
    return Version(int(major), int(minor), int(patch), _STAGES.index(stage), int(number or 0))


def among(tags: Iterable[str]) -> list[Version]:
    """The versions among a repository's tags, oldest first; other tags are none of ours."""
    return sorted(parse(tag) for tag in tags if _FORM.fullmatch(tag))


def mark(tag: str) -> str:
    """The tag beside a version's own that says that it was withdrawn."""
    return f"{tag}{_WITHDRAWN}"


def withdrawn(tags: Iterable[str]) -> list[Version]:
    """The versions that were withdrawn, oldest first: their own tags stay."""
    return among(tag.removesuffix(_WITHDRAWN) for tag in tags if tag.endswith(_WITHDRAWN))


def good(tags: Iterable[str]) -> list[Version]:
    """The versions among `tags` that stand and are no pre-release, oldest first."""
    held = list(tags)
    gone = withdrawn(held)
    return [each for each in among(held) if not each.is_prerelease and each not in gone]


def latest(tags: Iterable[str]) -> Version | None:
    """The highest version among `tags` that stands and is no pre-release."""
    return max(good(tags), default=None)


def next_free(version: Version, tags: Iterable[str]) -> Version:
    """The first version after `version` that no tag has taken."""
    taken = set(among(tags))
    following = version.successor
    while following in taken:
        following = following.successor
    return following
