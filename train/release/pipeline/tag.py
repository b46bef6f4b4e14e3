"""A git tag: which version of which recipe it names, and whether that commit may be released."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from train import version
from train.errors import ImprintError
from train.version import Version

DEFAULT = "blog"  # v1.2.0 without a name before it
_FORM = re.compile(r"(?:(?P<recipe>[a-z][a-z0-9-]*)-)?(?P<version>v[0-9][0-9a-z.-]*)")


@dataclass(frozen=True)
class Tag:
    """`news-v1.2.0`: the recipe it names, or none, and the version."""

    name: str
    recipe: str | None
    version: Version


def parse(name: str) -> Tag:
    """The tag called `name`; a name can be anything that somebody pushed, so nothing else is let through."""
    form = _FORM.fullmatch(name)
    try:
        if form:
            return Tag(name, form["recipe"], version.parse(form["version"]))
    except ImprintError:
        pass
    what = f"{name!r} names no version of a recipe."
    raise ImprintError(what, fix="push a tag such as v1.2.0, v1.2.0-rc.1 or news-v1.2.0")


def released_commit(repository: Path, tag: Tag, main: str) -> str:
    """The commit that the tag names in `repository`, if it is checked out there and part of `main`."""
    commit = _git(repository, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag.name}^{{commit}}")
    if not commit:
        raise ImprintError(f"There is no tag {tag.name}.", fix=f"git push origin {tag.name}")
    if _git(repository, "rev-parse", "HEAD") != commit:
        what = f"{tag.name} was moved while its release began; a tag is never moved."
        raise ImprintError(what, fix="push a new version's tag")
    if _git(repository, "merge-base", commit, main) != commit:
        what = f"{tag.name} is at {commit[:7]}, which is not part of {main}: nobody has reviewed it there."
        raise ImprintError(what, fix="merge it, and tag the commit that is on main")
    return commit


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
