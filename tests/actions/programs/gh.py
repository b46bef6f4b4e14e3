"""`gh` as far as the workflows use it: releases are folders below the first argument."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn


def main(arguments: list[str]) -> None:
    """Do what is asked, with the rights of the token in GH_TOKEN."""
    server, asked = Path(arguments[0]), _parser().parse_args(arguments[1:])
    repository = os.environ["GH_REPO"]
    folder = server / "releases" / repository / asked.tag
    _check_rights(server, writes=asked.act != "view")
    if asked.act == "create":
        _create(folder, asked, Path(json.loads((server / "repositories.json").read_text())[repository]))
        return
    if not (folder / "release.json").exists():
        _refuse("release not found")
    release = json.loads((folder / "release.json").read_text())
    if asked.act == "view":
        print(str(release[asked.json]).lower())
    elif asked.act == "upload":
        for path in asked.files:
            shutil.copyfile(path, folder / "assets" / Path(path).name)
    else:
        _write(folder, {**release, "isDraft": asked.draft == "true"})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gh", allow_abbrev=False)
    releases = parser.add_subparsers(dest="noun", required=True).add_parser("release")
    acts = releases.add_subparsers(dest="act", required=True)
    verbs = {name: acts.add_parser(name, allow_abbrev=False) for name in ("view", "create", "upload", "edit")}
    for verb in verbs.values():
        verb.add_argument("tag")
    verbs["view"].add_argument("--json", required=True, choices=["isDraft"])
    verbs["view"].add_argument("--jq", required=True, choices=[".isDraft"])
    verbs["create"].add_argument("--draft", action="store_true", required=True)
    verbs["create"].add_argument("--verify-tag", action="store_true")
    verbs["create"].add_argument("--title", required=True)
    verbs["create"].add_argument("--notes-file", required=True, type=Path)
    verbs["create"].add_argument("--prerelease", choices=["true", "false"], default="false")
    verbs["upload"].add_argument("--clobber", action="store_true", required=True)
    verbs["upload"].add_argument("files", nargs="+")
    verbs["edit"].add_argument("--draft", choices=["true", "false"], required=True)
    return parser


def _check_rights(server: Path, *, writes: bool) -> None:
    path = server / f"{os.environ.get('GH_TOKEN', '')}.json"
    if not path.is_file():
        _refuse("HTTP 401: Bad credentials")
    if writes and json.loads(path.read_text()).get("contents") != "write":
        _refuse("HTTP 403: Resource not accessible by integration")


def _create(folder: Path, asked: argparse.Namespace, repository: Path) -> None:
    if asked.verify_tag:
        command = ["git", "-C", str(repository), "rev-parse", "--verify", "--quiet", f"refs/tags/{asked.tag}"]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
            _refuse(f"tag {asked.tag} does not exist in the repository")
    (folder / "assets").mkdir(parents=True)
    notes, before = asked.notes_file.read_text(), asked.prerelease == "true"
    _write(folder, {"isDraft": True, "isPrerelease": before, "name": asked.title, "body": notes})


def _write(folder: Path, release: dict[str, object]) -> None:
    (folder / "release.json").write_text(json.dumps(release))


def _refuse(why: str) -> NoReturn:
    sys.exit(why)


if __name__ == "__main__":
    main(sys.argv[1:])
