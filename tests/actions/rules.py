"""What must be true of the project's own workflows, read and not run; each complaint is a sentence."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.actions.duties import of_file, of_job
from tests.actions.keys import Tree, read_action, read_workflow
from tests.actions.values import WorkflowError
from tests.actions.workflow import rights_of

READ, WRITE = "read", "write"
WORKFLOWS = ("check.yml", "publish.yml", "release.yml", "space.yml")
ACTIONS = ("keep", "setup", "take")
RIGHTS: Mapping[str, Mapping[str, str]] = {
    "check.check": {"contents": READ},
    "check.fast": {"contents": READ},
    "publish.release": {"attestations": WRITE, "contents": WRITE, "id-token": WRITE},
    "release.plan": {"contents": READ},
    "release.data": {"contents": READ},
    "release.train": {"contents": READ},
    "release.bundle": {"attestations": WRITE, "contents": READ, "id-token": WRITE},
    "release.publish": {"contents": READ, "id-token": WRITE},
    "release.announce": {"contents": WRITE},
    "space.move": {"contents": READ, "id-token": WRITE},
}
NEEDS = {
    "release.plan": [],
    "release.data": ["plan"],
    "release.train": ["plan", "data"],
    "release.bundle": ["plan", "data", "train"],
    "release.publish": ["plan", "bundle"],
    "release.announce": ["plan", "bundle", "publish"],
}
ENVIRONMENTS = {
    "release.data": "sources",
    "release.train": "${{ inputs.trainer == 'hf-jobs' && 'hf-jobs' || 'training' }}",
    "release.bundle": "training",
    "release.publish": "hugging-face",
    "space.move": "hugging-face",
}
SECRETS = {  # the only jobs that hold one; a pull request sets off none of them
    "publish.release": {"HF_JOBS_TOKEN", "HF_READ_TOKEN", "HF_TOKEN", "MEDIASTACK_KEY"},
    "release.data": {"MEDIASTACK_KEY"},
    "release.train": {"HF_JOBS_TOKEN", "HF_READ_TOKEN"},
    "release.bundle": {"HF_READ_TOKEN"},
    "release.publish": {"HF_TOKEN"},
    "space.move": {"HF_TOKEN"},
}
CONDITIONS = {
    "Train on this machine": "inputs.trainer == 'self-hosted'",
    "Train on Hugging Face Jobs": "inputs.trainer == 'hf-jobs'",
    "Judge the adapter": "inputs.trainer != 'hf-jobs'",
    "Judge on Hugging Face Jobs": "inputs.trainer == 'hf-jobs'",
    "Cancel the Job with this run": "cancelled() && inputs.trainer == 'hf-jobs'",
    "Fetch the adapter that was trained elsewhere": "inputs.trainer == 'prebuilt'",
    "Sign the adapter as this workflow": "vars.SIGN == 'sigstore'",
    "Attest where it was made": "github.event.repository.visibility == 'public'",
}
ALONE = {"group": "publish", "cancel-in-progress": False, "queue": "max"}
RUNNERS = ("ubuntu-24.04", "${{ fromJSON(inputs.trainer == 'self-hosted' && "
           """'["self-hosted", "linux", "x64", "gpu"]' || '["ubuntu-24.04"]') }}""")  # fmt: skip


def complaints(github: Path) -> list[str]:
    """Everything wrong with the workflows and actions in a `.github` folder."""
    try:
        trees = {name[:-4]: read_workflow(github / "workflows" / name) for name in WORKFLOWS}
        for name in ACTIONS:
            read_action(github / "actions" / name / "action.yml")
    except WorkflowError as error:
        return [str(error)]
    jobs = {f"{file}.{name}": job for file, tree in trees.items() for name, job in tree["jobs"].items()}
    own = {key: trees[key.partition(".")[0]] for key in jobs}
    found = [flaw for key, job in jobs.items() for flaw in _of_job(key, job, own[key])]
    hand_overs = _of_hand_overs(trees["release"]["jobs"])
    return [*found, *_of_all(trees), *hand_overs, *_of_actions(github), *_of_pins(github)]


def audited(github: Path) -> list[str]:
    """What zizmor finds at its strictest that is still about this project, one line each."""
    program = str(Path(sys.executable).with_name("zizmor"))
    options = ["--offline", "--persona=pedantic", "--strict-collection", "--no-progress", "--format=github"]
    done = subprocess.run([program, *options, str(github)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 11, 12, 13, 14):
        return [done.stderr.strip()]
    return done.stdout.splitlines()


def _of_job(key: str, job: Tree, tree: Tree) -> Iterator[str]:
    said = {name: strength for name, strength in rights_of(tree, job).items() if strength != "none"}
    if "permissions" not in job or said != RIGHTS.get(key):
        yield f"{key} may {said}, not {RIGHTS.get(key)}"
    if key in NEEDS and _listed(job.get("needs", [])) != NEEDS[key]:
        yield f"{key} needs {job.get('needs')}, not {NEEDS[key]}"
    if job.get("environment") != ENVIRONMENTS.get(key):
        yield f"{key} runs in {job.get('environment')}, not {ENVIRONMENTS.get(key)}"
    held = set(re.findall(r"secrets\.(\w+)", str(job)))
    if held != SECRETS.get(key, set()) or job.get("secrets") == "inherit":
        yield f"{key} holds {held or job.get('secrets')}, not {SECRETS.get(key, set())}"
    if "uses" not in job and ("timeout-minutes" not in job or job["runs-on"] not in RUNNERS):
        yield f"{key} has no time limit, or another runner"
    if "if" in job:
        yield f"{key} has a condition; a job that is skipped would let a half of a release through"
    yield from of_job(key, job)
    for step in job.get("steps", []):
        yield from _of_step(f"{key}, {step.get('name', step.get('uses'))}", step)


def _of_step(where: str, step: Tree) -> Iterator[str]:
    if "${{" in step.get("run", ""):
        yield f"{where}: an expression stands in a script; hand it over by env"
    if unquoted := re.findall(r'(?<!")\$\{?[A-Z]\w+\}?(?!")', _outside_quotes(step.get("run", ""))):
        yield f"{where}: {', '.join(unquoted)} is not quoted"
    used = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", step.get("run", "")))
    if missing := {name for name in used if not name.startswith(("GITHUB_", "RUNNER_"))} - set(
        step.get("env", {})
    ):
        yield f"{where}: {', '.join(sorted(missing))} is never set"
    action = step.get("uses", "./")
    if not action.startswith("./") and not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action):
        yield f"{where}: {action} is not pinned by commit"
    if "checkout@" in action and step.get("with", {}).get("persist-credentials") is not False:
        yield f"{where}: leaves a token in the workspace"
    if "cache" in str(step.get("with", {})):
        yield f"{where}: takes a cache"
    if step.get("if") != CONDITIONS.get(step.get("name", "")):
        yield f"{where}: happens if {step.get('if')}, not {CONDITIONS.get(step.get('name', ''))}"


def _of_all(trees: Mapping[str, Tree]) -> Iterator[str]:
    for name, tree in trees.items():
        if tree["permissions"] != {}:
            yield f"{name} grants {tree['permissions']} to every job"
        yield from of_file(name, tree)
    for name in ("publish", "space"):
        if trees[name].get("concurrency") != ALONE:
            yield f"{name} does not wait for its turn: {trees[name].get('concurrency')}"
    if "concurrency" in trees["release"]:
        yield "release waits for its own caller"
    if trees["publish"]["on"].get("push") != {"tags": ["v*", "*-v*"]}:
        yield f"publish is set off by {trees['publish']['on'].get('push')}"
    triggers = {name: set(tree["on"]) for name, tree in trees.items()}
    wanted = {"check": {"push", "pull_request"}, "publish": {"push", "workflow_dispatch"},
              "release": {"workflow_call"}, "space": {"workflow_dispatch"}}  # fmt: skip
    if triggers != wanted:
        yield f"the triggers are {triggers}"
    if trees["release"].get("defaults") != {"run": {"shell": "bash"}}:
        yield "release: a failing command in a pipe would pass"


def _of_hand_overs(jobs: Mapping[str, Tree]) -> Iterator[str]:
    """What one job keeps another takes: the same name, by that job's own digest, and it waits for it."""
    kept = {}
    for name, job in jobs.items():
        for step in _using(job, "keep"):
            kept[step["with"]["name"]] = name
            wanted = f"${{{{ steps.{step.get('id')}.outputs.digest }}}}"
            if job.get("outputs", {}).get("digest") != wanted:
                yield f"{name} tells the digest {job.get('outputs')}, not {wanted}"
    for name, job in jobs.items():
        for step in _using(job, "take"):
            maker = kept.get(step["with"]["name"])
            if (
                step["with"]["digest"] != f"${{{{ needs.{maker}.outputs.digest }}}}"
                or maker not in job["needs"]
            ):
                yield f"{name} takes {step['with']['name']} by {step['with']['digest']}; {maker} keeps it"


def _of_actions(github: Path) -> Iterator[str]:
    keep, setup, take = (read_action(github / "actions" / name / "action.yml") for name in ACTIONS)
    for name, action in (("keep", keep), ("setup", setup), ("take", take)):
        yield from of_job(f"actions.{name}", {"steps": action["runs"]["steps"]})
        for step in action["runs"]["steps"]:
            yield from _of_step(f"{name}, {step.get('name', step.get('uses'))}", step)
    if keep["outputs"]["digest"]["value"] != "${{ steps.pack.outputs.digest }}":
        yield "keep tells no digest"


def _of_pins(github: Path) -> Iterator[str]:
    texts = [path.read_text() for path in sorted(github.rglob("*.yml"))]
    pins = [pin for text in texts for pin in re.findall(r"uses: ([\w/-]+@[0-9a-f]{40})(.*)", text)]
    for pin, comment in pins:
        if not re.fullmatch(r" # v\d+\.\d+\.\d+", comment):
            yield f"{pin} does not say which version that is"
    if len({pin for pin, _ in pins}) != len({pin.partition("@")[0] for pin, _ in pins}):
        yield "one action is pinned at two commits"


def _using(job: Tree, action: str) -> list[Tree]:
    return [step for step in job.get("steps", []) if step.get("uses") == f"./.github/actions/{action}"]


def _outside_quotes(script: str) -> str:
    return re.sub(r'"[^"]*"|\'[^\']*\'|<<< *"[^"]*"|\$\([^)]*\)', " ", script)


def _listed(needs: Any) -> list[str]:
    return [needs] if isinstance(needs, str) else list(needs)
