"""Steps: each `run` really in bash, each local action step by step, each pinned one by its stand-in."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.actions import expressions, pinned
from tests.actions.job import Running
from tests.actions.keys import Tree, read_action
from tests.actions.values import Open, WorkflowError, as_text

SHELLS = {
    "": ["bash", "-e"],
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
}
IN_ACTIONS = ("github", "inputs", "job", "runner")
IN_CONDITIONS = ("secrets",)  # these an `if` does not have
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Done:
    """What became of a step."""

    outcome: str
    outputs: Mapping[str, str]


def run_steps(running: Running, steps: Sequence[Tree]) -> None:
    """Run a job's or an action's steps; after one that failed, those alone that ask for it."""
    for step in steps:
        contexts = {name: each for name, each in running.contexts.items() if name not in IN_CONDITIONS}
        if not expressions.holds(step.get("if"), contexts, running.functions()):
            continue
        done = _stepped(running, step)
        if "id" in step:
            running.contexts["steps"][step["id"]] = vars(replace(done, outputs=Open(done.outputs)))
        if done.outcome == "failure" and running.status == "success":
            running.status = "failure"


def _stepped(running: Running, step: Tree) -> Done:
    name = as_text(expressions.filled(step.get("name", step.get("uses", "run")), running.contexts, {}))
    running.log.append(f"▸ {running.level.prefix}{running.name}: {name}")
    said = {**running.variables, **_texts(step.get("env") or {}, running)}
    if "run" in step:
        return _ran(running, step, said)
    given = _texts(step.get("with") or {}, running)
    if step["uses"].startswith("./"):
        return _composed(running, step["uses"], given)
    try:
        return Done("success", pinned.used(running, step["uses"], given))
    except pinned.FailedError as error:
        running.log.append(f"Error: {error}")
        return Done("failure", {})


def _composed(running: Running, place: str, given: Mapping[str, str]) -> Done:
    action = read_action(running.workspace / place / "action.yml")
    declared = action.get("inputs") or {}
    if unknown := set(given) - set(declared):
        raise WorkflowError(f"{place} has no input {', '.join(sorted(unknown))}")
    if missing := {name for name, each in declared.items() if each.get("required")} - set(given):
        raise WorkflowError(f"{place} needs the input {', '.join(sorted(missing))}")
    inputs = {name: given.get(name, as_text(each.get("default"))) for name, each in declared.items()}
    steps = {step["id"]: {"outputs": Open()} for step in action["runs"]["steps"] if "id" in step}
    outside = running.contexts
    own = {name: outside[name] for name in IN_ACTIONS}
    running.contexts = {**own, "inputs": inputs, "steps": steps}
    before, running.status = running.status, "success"
    run_steps(running, action["runs"]["steps"])
    outputs = {
        name: as_text(expressions.filled(each["value"], running.contexts, {}))
        for name, each in (action.get("outputs") or {}).items()
    }
    outcome, running.status, running.contexts = running.status, before, outside
    return Done(outcome, outputs)


def _ran(running: Running, step: Tree, said: Mapping[str, str]) -> Done:
    files = _files(running)
    script = running.folder / "temp" / f"step-{next(_NUMBERS)}.sh"
    script.write_text(as_text(expressions.filled(step["run"], running.contexts, {})))
    defaults = running.level.tree.get("defaults", {}).get("run", {}).get("shell", "")
    shell = step.get("shell", defaults)
    if shell not in SHELLS:
        raise WorkflowError(f"the shell {shell!r} is not known")
    environment = {**_environment(running), **{name: str(path) for name, path in files.items()}, **said}
    code = _watched(running, [*SHELLS[shell], str(script)], environment)
    _read_files(running, files)
    return Done("failure" if code else "success", _pairs(files["GITHUB_OUTPUT"]))


def _watched(running: Running, command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command and keep what it says, with secrets hidden; stop it when the run is cancelled."""
    site = running.run.site
    process = subprocess.Popen(
        command,
        cwd=running.workspace,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    with process:
        for line in process.stdout or ():
            shown = line.rstrip("\n")
            for secret in running.secrets:
                shown = shown.replace(secret, "***")
            running.log.append(f"  {shown}")
            if site.cancel_at and site.cancel_at in line and not running.run.is_cancelled:
                running.run.is_cancelled = True
                site.before_cancel()
                os.killpg(process.pid, signal.SIGINT)
    return process.returncode


def _environment(running: Running) -> dict[str, str]:
    github = running.contexts["github"]
    known = {f"GITHUB_{name.upper()}": each for name, each in github.items() if isinstance(each, str)}
    del known["GITHUB_TOKEN"]
    return {
        **running.run.site.machine,
        **known,
        **running.identity,
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "HOME": str(running.folder / "home"),
        "LANG": "C.UTF-8",
        "PATH": running.path,
        "RUNNER_TEMP": running.contexts["runner"]["temp"],
        "RUNNER_OS": "Linux",
        "TMPDIR": running.contexts["runner"]["temp"],
    }


def _files(running: Running) -> dict[str, Path]:
    number = next(_NUMBERS)
    names = {
        "GITHUB_OUTPUT": "output",
        "GITHUB_STEP_SUMMARY": "summary",
        "GITHUB_ENV": "env",
        "GITHUB_PATH": "path",
    }
    files = {name: running.folder / "temp" / f"{short}-{number:06}" for name, short in names.items()}
    for path in files.values():
        path.touch()
    return files


def _read_files(running: Running, files: Mapping[str, Path]) -> None:
    running.variables |= _pairs(files["GITHUB_ENV"])
    for line in files["GITHUB_PATH"].read_text().splitlines():
        running.path = f"{line}:{running.path}"


def _pairs(path: Path) -> dict[str, str]:
    """`NAME=value` lines, and values over several lines between two equal words."""
    found, lines = {}, iter(path.read_text().splitlines())
    for line in lines:
        if several := re.fullmatch(r"([\w-]+)<<(.+)", line):
            found[several[1]] = "\n".join(iter(lambda: next(lines), several[2]))
        elif "=" in line:
            name, _, value = line.partition("=")
            found[name] = value
        elif line:
            raise WorkflowError(f"{line!r} in {path.name} is no NAME=value")
    return found


def _texts(values: Mapping[str, Any], running: Running) -> dict[str, str]:
    return {
        name: as_text(expressions.filled(each, running.contexts, running.functions()))
        for name, each in values.items()
    }
