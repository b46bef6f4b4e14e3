"""What the actions do that are pinned by commit; their inputs are checked as they stand in a workflow."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from tests.actions.job import Running
from tests.actions.values import WorkflowError

Given = Mapping[str, str]
_PINNED = re.compile(r"(?P<name>[\w-]+/[\w-]+)@[0-9a-f]{40}")


class FailedError(Exception):
    """A step that fails, as it would there."""


def used(running: Running, uses: str, given: Given) -> dict[str, str]:
    """The outputs of a pinned action."""
    form = _PINNED.fullmatch(uses)
    if not form or form["name"] not in _ACTIONS:
        raise WorkflowError(f"{uses} is not an action that is known here at a commit")
    known, act = _ACTIONS[form["name"]]
    if unknown := set(given) - known:
        raise WorkflowError(f"{uses} has no input {', '.join(sorted(unknown))}")
    return act(running, given)


def _checkout(running: Running, given: Given) -> dict[str, str]:
    run, own = running.run, running.run.event.repository
    if running.rights["contents"] == "none":
        raise FailedError("Resource not accessible by integration: contents")
    repository = given.get("repository") or own
    ref = given.get("ref") or (run.event.sha if repository == own else "main")
    try:
        commit = run.site.commit(repository, ref)
    except WorkflowError as error:
        raise FailedError(str(error)) from error
    folder, source = running.workspace / given.get("path", ""), run.site.path(repository)
    _git(running, "init", "--quiet", str(folder))
    _git(running, "-C", str(folder), "remote", "add", "origin", f"file://{source}")
    everything = given.get("fetch-depth") == "0"
    branches = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
    itself = f"+{commit}:refs/remotes/origin/x"  # it may be on no branch, or no more
    wanted = [*branches, itself] if everything else ["--depth=1", "--no-tags", itself]
    options = [each for each in wanted if each.startswith("--")]
    specs = [each for each in wanted if not each.startswith("--")]
    _git(running, "-C", str(folder), "fetch", "--quiet", *options, "origin", *specs)
    _git(running, "-C", str(folder), "checkout", "--quiet", "--detach", commit)
    if given.get("persist-credentials", "true") != "false":
        token = running.contexts["github"]["token"]
        _git(running, "-C", str(folder), "config", "http.extraheader", f"AUTHORIZATION: basic {token}")
    return {"commit": commit, "ref": ref}


def _git(running: Running, *arguments: str) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(running.folder / "home")}
    safe = ["-c", "protocol.file.allow=always", "-c", "safe.directory=*"]
    done = subprocess.run(["git", *safe, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise FailedError(done.stderr.strip())


def _python(running: Running, given: Given) -> dict[str, str]:
    running.path = f"{running.run.site.folder / 'python'}:{running.path}"
    return {"python-version": given["python-version"]}


def _upload(running: Running, given: Given) -> dict[str, str]:
    found = sorted(Path("/").glob(str(running.workspace / given["path"]).lstrip("/")))
    if not found:
        if given.get("if-no-files-found", "warn") == "error":
            raise FailedError(f"No files were found with the provided path: {given['path']}")
        return {}
    int(given.get("retention-days", "1"))
    folder = running.run.artifacts / given["name"]
    if folder.exists() and running.run.attempt == 1:
        raise FailedError(f"an artifact with this name already exists: {given['name']}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in found:
        shutil.copyfile(path, folder / path.name)
    digests = (sha256(path.read_bytes()).hexdigest() for path in found)
    return {"artifact-digest": sha256("".join(digests).encode()).hexdigest()}


def _download(running: Running, given: Given) -> dict[str, str]:
    folder = running.run.artifacts / given["name"]
    if not folder.is_dir():
        raise FailedError(f"Artifact not found for name: {given['name']}")
    target = running.workspace / given.get("path", "")
    shutil.copytree(folder, target, dirs_exist_ok=True)
    return {"download-path": str(target)}


def _attest(running: Running, given: Given) -> dict[str, str]:
    for right in ("id-token", "attestations"):
        if running.rights[right] != "write":
            raise FailedError(f"an attestation needs {right}: write")
    found = sorted(running.workspace.glob(given["subject-path"]))
    if not found:
        raise FailedError(f"no file is found at {given['subject-path']}")
    for path in found:
        digest = sha256(path.read_bytes()).hexdigest()
        running.run.site.attested.append((path.relative_to(running.workspace).as_posix(), digest))
    return {}


_ACTIONS: dict[str, tuple[set[str], Callable[[Running, Given], dict[str, str]]]] = {
    "actions/attest": ({"subject-path"}, _attest),
    "actions/checkout": ({"fetch-depth", "path", "persist-credentials", "ref", "repository"}, _checkout),
    "actions/download-artifact": ({"name", "path"}, _download),
    "actions/setup-python": ({"python-version"}, _python),
    "actions/upload-artifact": ({"if-no-files-found", "name", "path", "retention-days"}, _upload),
}
