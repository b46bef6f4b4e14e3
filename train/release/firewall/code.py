"""The code of a Space: this project's own, as it is here or was committed, and no other."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from train.release import contents
from train.release.firewall.found import Leak
from train.release.payload import Files, text_file
from train.run import ROOT, digest_of_file

COMMIT = re.compile(r"[0-9a-f]{40}")
CARD, PACKAGES = "README.md", "requirements.txt"


def strange_code(files: Files, provenance: Path) -> Iterator[Leak]:
    """The files that `space/` does not hold, now or at the commit that made the bundle."""
    own = {
        (path.relative_to(contents.SPACE).as_posix(), digest_of_file(path))
        for path in contents.SPACE.rglob("*")
        if path.is_file()
    }
    packages = text_file(contents.requirements(with_llama=True)).sha256
    own.add((PACKAGES, packages))
    changed = [
        path for path, file in sorted(files.items()) if path != CARD and (path, file.sha256) not in own
    ]
    committed = _committed(_commit(provenance)) if changed else {}
    for path in changed:
        if committed.get(path) != files[path].blob_id:
            yield Leak("", "it is not the code of this project's space folder", file=f"space/{path}")


def _commit(provenance: Path) -> str:
    """The commit that a bundle says it was made from."""
    try:
        named = json.loads(provenance.read_bytes())["predicate"]["buildDefinition"]["resolvedDependencies"]
        commits = [each["digest"]["gitCommit"] for each in named if each["name"] == "code"]
    except (OSError, KeyError, TypeError, ValueError):
        return ""
    return next((each for each in commits if isinstance(each, str) and COMMIT.fullmatch(each)), "")


def _committed(commit: str) -> Mapping[str, str]:
    """What `space/` held at a commit: path -> git's own digest."""
    if not commit:
        return {}
    command = ["git", "--no-optional-locks", "-C", str(ROOT), "ls-tree", "-r", "-z", f"{commit}:space"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return {}
    entries = [entry.split("\t", 1) for entry in done.stdout.split("\0") if entry]
    return {path: told.split()[2] for told, path in entries}
