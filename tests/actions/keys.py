"""The keys that this executor knows; any other is an error, so that none is passed over in silence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.actions.values import WorkflowError

Tree = dict[str, Any]
RIGHTS = {"actions", "attestations", "contents", "id-token"}
_WORKFLOW = {"name", "run-name", "on", "permissions", "concurrency", "defaults", "env", "jobs"}
_TRIGGERS = {
    "push": {"tags", "branches"},
    "pull_request": set[str](),
    "workflow_dispatch": {"inputs"},
    "workflow_call": {"inputs", "secrets"},
}
_JOB = {"name", "needs", "if", "runs-on", "timeout-minutes", "environment", "permissions", "outputs", "env",
        "strategy", "steps"}  # fmt: skip
_CALL = {"name", "needs", "if", "uses", "permissions", "with", "secrets"}
_STEP = {"id", "name", "if", "uses", "with", "run", "env", "shell", "timeout-minutes"}
_INPUT = {"description", "required", "type", "default", "options"}
_ACTION = {"name", "description", "inputs", "outputs", "runs"}


def read_workflow(path: Path) -> Tree:
    """A workflow of which every key is known; `on` is read as the word that it is."""
    tree = _loaded(path)
    tree = {"on" if key is True else key: value for key, value in tree.items()}
    _check(tree, _WORKFLOW, path.name, needed={"on", "permissions", "jobs"})
    _check(tree["on"], set(_TRIGGERS), f"{path.name}: on")
    for trigger, settings in tree["on"].items():
        _check(settings or {}, _TRIGGERS[trigger], f"on.{trigger}")
        for name, each in ((settings or {}).get("inputs") or {}).items():
            _check(each, _INPUT, f"input {name}", needed={"type"})
    _check_permissions(tree["permissions"], path.name)
    for name, job in tree["jobs"].items():
        _check_job(job, f"{path.name}: {name}")
    return tree


def read_action(path: Path) -> Tree:
    """A composite action of which every key is known."""
    tree = _loaded(path)
    _check(tree, _ACTION, str(path), needed={"name", "description", "runs"})
    _check(tree["runs"], {"using", "steps"}, f"{path}: runs", needed={"using", "steps"})
    if tree["runs"]["using"] != "composite":
        raise WorkflowError(f"{path} is not composite")
    for name, each in (tree.get("inputs") or {}).items():
        _check(each, _INPUT - {"type", "options"}, f"{path}: input {name}")
    for step in tree["runs"]["steps"]:
        _check_step(step, str(path))
        if "run" in step and "shell" not in step:
            raise WorkflowError(f"{path}: a step of an action must name its shell")
    return tree


def _loaded(path: Path) -> dict[Any, Any]:
    if not path.is_file():
        raise WorkflowError(f"there is no {path}; is the repository checked out?")
    tree: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tree


def _check_job(job: Mapping[str, Any], where: str) -> None:
    is_call = "uses" in job
    _check(job, _CALL if is_call else _JOB, where, needed={"uses"} if is_call else {"runs-on", "steps"})
    if "permissions" in job:
        _check_permissions(job["permissions"], where)
    for step in job.get("steps", []):
        _check_step(step, where)
    ids = [step["id"] for step in job.get("steps", []) if "id" in step]
    if len(ids) != len(set(ids)):
        raise WorkflowError(f"{where}: two steps have one id")


def _check_step(step: Mapping[str, Any], where: str) -> None:
    _check(step, _STEP, where)
    if ("uses" in step) is ("run" in step):
        raise WorkflowError(f"{where}: a step either runs or uses")


def _check_permissions(granted: Any, where: str) -> None:
    if not isinstance(granted, Mapping):
        raise WorkflowError(f"{where}: permissions are named one by one, not {granted!r}")
    _check(granted, RIGHTS, f"{where}: permissions")
    if not set(granted.values()) <= {"read", "write", "none"}:
        raise WorkflowError(f"{where}: permissions are read, write or none")


def _check(tree: Any, known: set[str], where: str, needed: set[str] | None = None) -> None:
    if not isinstance(tree, Mapping):
        raise WorkflowError(f"{where}: a mapping is wanted")
    if unknown := set(map(str, tree)) - known:
        raise WorkflowError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    if missing := (needed or set()) - set(tree):
        raise WorkflowError(f"{where}: {', '.join(sorted(missing))} is missing")
