"""One job: its environment and approval, its rights and identity, its steps in a fresh workspace."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.actions import expressions
from tests.actions.site import Environment, matches
from tests.actions.values import Open, WorkflowError, as_text
from tests.actions.workflow import Done, Level, Run, rights_of

HOSTED = ("ubuntu-24.04",)
SYSTEM_PATH = "/usr/bin:/bin"


@dataclass
class Running:
    """A job as it goes on: what its steps change for those after them."""

    run: Run
    level: Level
    name: str
    rights: Mapping[str, str]
    contexts: dict[str, Any]
    folder: Path
    variables: dict[str, str]
    identity: Mapping[str, str]  # where to ask for an ID token, if the job may
    path: str
    secrets: frozenset[str]
    status: str = "success"
    log: list[str] = field(default_factory=list)

    @property
    def workspace(self) -> Path:
        return self.folder / "work"

    def functions(self) -> dict[str, Any]:
        is_cancelled = self.run.is_cancelled
        return {
            "success": lambda: self.status == "success" and not is_cancelled,
            "failure": lambda: self.status == "failure",
            "cancelled": lambda: is_cancelled,
            "always": lambda: True,
        }


def run_job(run: Run, level: Level, name: str, contexts: Mapping[str, Any]) -> Done:
    """What becomes of a job that is due."""
    from tests.actions.steps import run_steps

    job = level.tree["jobs"][name]
    if "strategy" in job:
        raise WorkflowError(f"{name} is a job for each of several things, which is not run here")
    environment = as_text(expressions.filled(job.get("environment", ""), contexts, {}))
    settings = run.site.environments.get(environment, Environment())  # GitHub makes one that is missing
    if environment and not (settings.approved and matches(run.event.ref_name, settings.refs)):
        return Done("failure", log=f"{environment} was refused to {level.prefix}{name}")
    labels = expressions.filled(job["runs-on"], contexts, {})
    labels = (labels,) if isinstance(labels, str) else tuple(labels)
    if labels != HOSTED and labels[0] != "self-hosted":
        raise WorkflowError(f"no runner has the labels {labels}")
    run.site.runners.append((level.prefix + name, labels))
    float(expressions.filled(job["timeout-minutes"], contexts, {}))
    running = _begun(run, level, name, contexts, environment, settings)
    steps = Open() if not job["steps"] else {}
    declared = {
        step["id"]: {"outputs": Open(), "outcome": "skipped"} for step in job["steps"] if "id" in step
    }
    running.contexts["steps"] = {**steps, **declared}
    run_steps(running, job["steps"])
    return _ended(running, job)


def _begun(
    run: Run, level: Level, name: str, contexts: Mapping[str, Any], environment: str, settings: Environment
) -> Running:
    full = level.prefix + name
    tries = run.site.folder / "runs" / str(run.number) / full.replace("/", "-")
    folder = tries / str(len(list(tries.glob("*"))) + 1)
    for part in ("work", "temp", "home"):
        (folder / part).mkdir(parents=True)
    rights = rights_of(level.tree, level.tree["jobs"][name])
    secrets, token = _secrets(level, environment, settings), run.site.token(full, rights)
    may_ask = rights["id-token"] == "write"
    return Running(
        run,
        level,
        name,
        rights,
        _contexts(level, name, contexts, folder, {**secrets, "GITHUB_TOKEN": token}),
        folder,
        variables=_variables(level, level.tree["jobs"][name], contexts),
        identity=run.site.hub.workflow(**_claims(run, level, environment)) if may_ask else {},
        path=f"{run.site.folder / 'bin'}:{SYSTEM_PATH}",
        secrets=frozenset(value for value in (*secrets.values(), token) if value),
    )


def _contexts(
    level: Level, name: str, contexts: Mapping[str, Any], folder: Path, secrets: Mapping[str, str]
) -> dict[str, Any]:
    work = {"token": secrets["GITHUB_TOKEN"], "workspace": str(folder / "work"), "job": name}
    return {
        **contexts,
        "github": {**contexts["github"], **work},
        "job": {"workflow_repository": level.repository, "workflow_sha": level.sha},
        "runner": {"temp": str(folder / "temp"), "os": "Linux"},
        "secrets": Open(secrets),
    }


def _secrets(level: Level, environment: str, settings: Environment) -> dict[str, str]:
    """An environment's secrets win; a called workflow sees those alone that its caller passes by name."""
    own = dict(settings.secrets) if environment else {}
    if level.is_called:
        own = {name: value for name, value in own.items() if name in level.secrets}
    return {**level.secrets, **own}


def _variables(level: Level, job: Mapping[str, Any], contexts: Mapping[str, Any]) -> dict[str, str]:
    said = {**level.tree.get("env", {}), **job.get("env", {})}
    return {name: as_text(expressions.filled(value, contexts, {})) for name, value in said.items()}


def _claims(run: Run, level: Level, environment: str) -> dict[str, str]:
    """What GitHub says of a job in its signed identity."""
    event = run.event
    subject = f"environment:{environment}" if environment else f"ref:{event.ref}"
    claims = {
        "repository": event.repository,
        "repository_owner": event.repository.partition("/")[0],
        "ref": event.ref,
        "ref_type": "tag" if event.ref.startswith("refs/tags/") else "branch",
        "event_name": event.name,
        "job_workflow_ref": f"{level.repository}/{level.file}@{level.sha}",
        "sub": f"repo:{event.repository}:{subject}",
    }
    return claims | ({"environment": environment} if environment else {})


def _ended(running: Running, job: Mapping[str, Any]) -> Done:
    contexts = running.contexts
    status = "cancelled" if running.run.is_cancelled else running.status
    outputs = {}
    for name, value in (job.get("outputs") or {}).items():
        outputs[name] = as_text(expressions.filled(value, contexts, {}))
    summary = "".join(path.read_text() for path in sorted((running.folder / "temp").glob("summary-*")))
    shutil.rmtree(running.folder / "temp")
    return Done(status, outputs, "\n".join(running.log), summary, running.workspace)
