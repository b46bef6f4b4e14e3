"""How a Job begins: it checks what was sent, unpacks it, installs the pins and goes on inside."""

# The Job gets this text itself (`python -c`), before anything is installed: the standard library is all.
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def main(pack: str, digest: str, *words: str) -> None:
    """Become `train.jobs.inside` in the unpacked tree, or say why not."""
    here = Path("imprint").resolve()
    here.mkdir()
    copy = here / "pack.tar"
    shutil.copyfile(pack, copy)
    with copy.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != digest:
        sys.exit(f"Error: the pack is not what was sent: sha256 {found}, not {digest}.")
    with tarfile.open(copy) as held:
        held.extractall(here, filter="data")
    copy.unlink()
    os.chdir(here)
    if others := strangers(here):
        print(f"installing {len(others)} packages as constraints.txt pins them", flush=True)
        subprocess.run([sys.executable, "-m", "pip", *_install(here)], check=True)
    os.execv(sys.executable, [sys.executable, "-m", "train.jobs.inside", *words])  # noqa: S606


def strangers(root: Path) -> list[str]:
    """The packages this project asks for that are not installed in the version it pins."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {_plain(name): pin for name, _, pin in (line.partition("==") for line in lines)}
    return sorted(name for name in map(_plain, _asked(root)) if _installed(name) != pins[name])


def _install(root: Path) -> list[str]:
    quietly = ["install", "--quiet", "--disable-pip-version-check", "--root-user-action", "ignore"]
    return [*quietly, "-c", str(root / "constraints.txt"), *_asked(root)]


def _asked(root: Path) -> list[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["dependencies"])


def _installed(name: str) -> str:
    try:
        return version(name).partition("+")[0]  # 2.13.0+cpu
    except PackageNotFoundError:
        return ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.partition("[")[0].strip().lower())


if __name__ == "__main__":
    main(*sys.argv[1:])
