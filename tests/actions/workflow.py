"""A run of a workflow: its trigger, inputs and concurrency, then its jobs in the order of their needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.actions import expressions
from tests.actions.keys import RIGHTS, Tree, read_workflow
from tests.actions.site import Event, Site, matches
from tests.actions.values import Open, WorkflowError, as_text

_STRENGTH = {"none": 0, "read": 1, "write": 2}
_TYPES: dict[str, Any] = {"string": str, "choice": str, "boolean": bool, "number": (int, float)}


@dataclass(frozen=True)
class Done:
    """What became of a job."""

    result: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    workspace: Path | None = None


@dataclass
class Run:
    """One run; a job of a called workflow stands under the caller's name and its own."""

    site: Site
    event: Event
    number: int
    attempt: int = 1
    is_cancelled: bool = False
    jobs: dict[str, Done] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    @property
    def artifacts(self) -> Path:
        return self.site.folder / "runs" / str(self.number) / "artifacts"

    @property
    def results(self) -> dict[str, str]:
        return {name: done.result for name, done in self.jobs.items()}

    @property
    def log(self) -> str:
        return "\n".join(done.log for done in self.jobs.values())


@dataclass(frozen=True)
class Level:
    """A workflow as it runs: for itself, or called by another."""

    tree: Tree
    repository: str
    sha: str
    file: str
    inputs: Mapping[str, Any]
    secrets: Mapping[str, str]
    prefix: str = ""
    groups: tuple[str, ...] = ()

    @property
    def is_called(self) -> bool:
        return bool(self.prefix)


def start(site: Site, file: str, event: Event, again: Run | None = None) -> Run:
    """Run a workflow as GitHub would; `again` is a run of which the failed jobs are run once more."""
    tree = read_workflow(site.source(event.repository, event.sha) / file)
    _check_trigger(tree, event)
    number = again.number if again else len(list((site.folder / "runs").iterdir())) + 1
    run = Run(site, event, number, attempt=again.attempt + 1 if again else 1)
    run.artifacts.mkdir(parents=True, exist_ok=True)
    kept = {name: done for name, done in again.jobs.items() if done.result == "success"} if again else {}
    settings = (tree["on"].get("workflow_dispatch") or {}).get("inputs") or {}
    inputs = _inputs(settings, event.inputs) if event.name == "workflow_dispatch" else Open()
    level = Level(tree, event.repository, event.sha, file, inputs, site.secrets)
    _run_jobs(run, replace(level, groups=(_group(run, level),)), kept)
    return run


def rights_of(tree: Tree, job: Mapping[str, Any]) -> dict[str, str]:
    """What a job may do: what it says, or what its workflow says for all."""
    said = job.get("permissions", tree["permissions"])
    return {name: said.get(name, "none") for name in RIGHTS}


def shared(run: Run, level: Level) -> dict[str, Any]:
    """The contexts that stand everywhere."""
    event = run.event
    ref_type = "tag" if event.ref.startswith("refs/tags/") else "branch"
    payload = Open(repository=Open(default_branch="main", visibility=run.site.visibility))
    github = {
        "actor": "maintainer",
        "event": payload,
        "event_name": event.name,
        "ref": event.ref,
        "ref_name": event.ref_name,
        "ref_type": ref_type,
        "repository": event.repository,
        "repository_owner": event.repository.partition("/")[0],
        "run_attempt": str(run.attempt),
        "run_id": str(run.number),
        "server_url": "https://github.com",
        "sha": event.sha,
    }
    return {"github": github, "inputs": level.inputs, "vars": Open(run.site.variables)}


def _run_jobs(run: Run, level: Level, kept: Mapping[str, Done]) -> None:
    left, done = dict(level.tree["jobs"]), dict[str, Done]()
    while left:
        ready = [name for name, job in left.items() if set(_needs(job)) <= set(done)]
        if not ready:
            raise WorkflowError(f"the needs of {', '.join(left)} cannot be met")
        for name in ready:
            done[name] = _settled(run, level, name, done, kept)
            del left[name]


def _settled(run: Run, level: Level, name: str, done: Mapping[str, Done], kept: Mapping[str, Done]) -> Done:
    job, full = level.tree["jobs"][name], level.prefix + name
    needs = {each: {"result": done[each].result, "outputs": dict(done[each].outputs)} for each in _needs(job)}
    contexts = {**shared(run, level), "needs": needs}
    past = {done[each].result for each in _ancestors(level.tree, name)}
    functions = {
        "success": lambda: past <= {"success"} and not run.is_cancelled,
        "failure": lambda: "failure" in past,
        "cancelled": lambda: run.is_cancelled,
        "always": lambda: True,
    }
    run.order.append(full)
    if not expressions.holds(job.get("if"), contexts, functions):
        outcome = Done("cancelled" if run.is_cancelled else "skipped")
    elif "uses" in job:
        outcome = _called(run, level, name, contexts, kept)
    elif full in kept:
        outcome = kept[full]
    else:
        from tests.actions.job import run_job

        run.site.before_job(full, run.artifacts)
        outcome = run_job(run, level, name, contexts)
    run.jobs[full] = outcome
    return outcome


def _called(run: Run, level: Level, name: str, contexts: Mapping[str, Any], kept: Mapping[str, Done]) -> Done:
    job = level.tree["jobs"][name]
    place, _, ref = job["uses"].partition("@")
    owner, repository, file = place.split("/", 2) if ref else (*level.repository.split("/"), place[2:])
    if not ref and not place.startswith("./"):
        raise WorkflowError(f"{job['uses']} names no workflow")
    source = f"{owner}/{repository}"
    sha = run.site.commit(source, ref) if ref else level.sha
    tree = read_workflow(run.site.source(source, sha) / file)
    if "workflow_call" not in tree["on"]:
        raise WorkflowError(f"{file} cannot be called")
    _check_ceiling(tree, rights_of(level.tree, job))
    declared = tree["on"]["workflow_call"] or {}
    inputs = _inputs(declared.get("inputs") or {}, expressions.filled(job.get("with") or {}, contexts, {}))
    secrets = _secrets(declared.get("secrets") or {}, job.get("secrets") or {}, level)
    called = Level(tree, source, sha, file, inputs, secrets, f"{level.prefix}{name}/", level.groups)
    _group(run, called)
    _run_jobs(run, called, kept)
    results = {done.result for each, done in run.jobs.items() if each.startswith(called.prefix)}
    return Done(next((bad for bad in ("failure", "cancelled") if bad in results), "success"))


def _secrets(declared: Mapping[str, Any], passed: Any, level: Level) -> dict[str, str]:
    if not isinstance(passed, Mapping):
        raise WorkflowError(f"secrets are passed by name, not {passed!r}")
    if unknown := set(passed) - set(declared):
        raise WorkflowError(f"the called workflow knows no secret {', '.join(sorted(unknown))}")
    given = {
        name: expressions.filled(value, {"secrets": Open(level.secrets)}, {})
        for name, value in passed.items()
    }
    return {name: as_text(value) for name, value in given.items()}


def _check_ceiling(tree: Tree, ceiling: Mapping[str, str]) -> None:
    for name, job in tree["jobs"].items():
        for right, strength in rights_of(tree, job).items():
            if _STRENGTH[strength] > _STRENGTH[ceiling[right]]:
                raise WorkflowError(
                    f"{name} asks for {right}: {strength}, its caller allows {ceiling[right]}"
                )


def _check_trigger(tree: Tree, event: Event) -> None:
    if event.name not in tree["on"]:
        raise WorkflowError(f"{event.name} does not set this workflow off")
    filters = tree["on"][event.name] or {}
    if event.name == "push":
        kind = "tags" if event.ref.startswith("refs/tags/") else "branches"
        if filters and not matches(event.ref_name, filters.get(kind) or []):
            raise WorkflowError(f"a push of {event.ref} does not set this workflow off")


def _inputs(declared: Mapping[str, Tree], given: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(given) - set(declared):
        raise WorkflowError(f"there is no input {', '.join(sorted(unknown))}")
    found = {}
    for name, settings in declared.items():
        if settings.get("required") and name not in given:
            raise WorkflowError(f"the input {name} is required")
        value = given.get(name, settings.get("default", ""))
        value = "" if value is None else value
        if not isinstance(value, _TYPES[settings["type"]]):
            raise WorkflowError(f"the input {name} is no {settings['type']}: {value!r}")
        if settings["type"] == "choice" and value not in settings["options"]:
            raise WorkflowError(f"the input {name} cannot be {value!r}")
        found[name] = value
    return found


def _group(run: Run, level: Level) -> str:
    said = level.tree.get("concurrency")
    if said is None:
        return ""
    if not isinstance(said, Mapping) or set(said) - {"group", "cancel-in-progress", "queue"}:
        raise WorkflowError(f"concurrency {said!r} is not known")
    group = as_text(expressions.filled(said["group"], shared(run, level), {}))
    if group in level.groups:
        raise WorkflowError(f"a called workflow waits for its own caller in the group {group}")
    return group


def _needs(job: Mapping[str, Any]) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else list(needs)


def _ancestors(tree: Tree, name: str) -> set[str]:
    direct = _needs(tree["jobs"][name])
    return {*direct, *(far for each in direct for far in _ancestors(tree, each))}
