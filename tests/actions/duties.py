"""What each job does, and no more: its commands, what they are told, which files they get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.actions.keys import Tree

PLAN = (
    'python -m train plan "$TAG" --recipe "$RECIPE" --trainer "$TRAINER" --adapter "$ADAPTER" '
    '--caller caller --main "origin/$MAIN" --visibility "$VISIBILITY"'
)
NOTES = 'python -m train summary "$RECIPE" --assets assets > notes.md\ncat notes.md >> "$GITHUB_STEP_SUMMARY"'
DRAFT = """\
draft=$(gh release view "$TAG" --json isDraft --jq .isDraft) || {
gh release create "$TAG" --draft --verify-tag --title "$TAG" --notes-file notes.md --prerelease="$PRERELEASE"
draft=true
}
if [ "$draft" = true ]; then
gh release upload "$TAG" --clobber assets/*
gh release edit "$TAG" --draft=false
fi"""
SCRIPTS: Mapping[str, list[str]] = {
    "check.check": ["bash .ci/run"],
    "check.fast": ["make fast PYTHON=python"],
    "release.plan": [PLAN],
    "release.data": ['python -m train prepare "$RECIPE"'],
    "release.train": [
        'python -m train tune "$RECIPE"',
        'python -m train tune "$RECIPE" --on hf-jobs --flavor "$FLAVOR" --namespace "$NAMESPACE"',
        'python -m train fetch "$RECIPE" --adapter "$ADAPTER"',
        'python -m train evaluate "$RECIPE"',
        'python -m train evaluate "$RECIPE" --on hf-jobs --flavor "$FLAVOR" --namespace "$NAMESPACE"',
        'python -m train tune "$RECIPE" --cancel --namespace "$NAMESPACE" || failed=1\n'
        'python -m train evaluate "$RECIPE" --cancel --namespace "$NAMESPACE"\n'
        'exit "${failed:-0}"',
    ],
    "release.bundle": [
        'python -m train bundle "$RECIPE" --version "$VERSION"',
        'python -m train sign "$RECIPE"',
        'python -m train summary "$RECIPE" >> "$GITHUB_STEP_SUMMARY"',
    ],
    "release.publish": ['python -m train release "$RECIPE"'],
    "release.announce": [NOTES, DRAFT],
    "space.move": ['python -m train rollback "$RECIPE" --to "$VERSION"'],
    "actions.keep": [
        'read -ra folders <<< "$FOLDERS"\n'
        'tar --create --file "$RUNNER_TEMP/$NAME.tar" --directory "runs/$RUN" -- "${folders[@]}"\n'
        'digest=$(sha256sum < "$RUNNER_TEMP/$NAME.tar")\n'
        'echo "digest=${digest%% *}" >> "$GITHUB_OUTPUT"'
    ],
    "actions.setup": [
        "python -m pip install --quiet --disable-pip-version-check --no-cache-dir "
        "-c constraints.txt -e '.[sign]'"
    ],
    "actions.take": [
        'cd "$RUNNER_TEMP"\n'
        'sha256sum --check --strict <<< "$DIGEST  $NAME.tar"\n'
        'mkdir -p "$GITHUB_WORKSPACE/runs/$RUN"\n'
        'tar --extract --file "$NAME.tar" --directory "$GITHUB_WORKSPACE/runs/$RUN"'
    ],
}


def _inputs(*names: str) -> dict[str, str]:
    return {name.upper(): f"${{{{ inputs.{name} }}}}" for name in names}


PLANNED = {
    name.upper(): f"${{{{ needs.plan.outputs.{name} }}}}"
    for name in ("recipe", "tag", "version", "prerelease")
}
ASKED = _inputs("tag", "recipe", "trainer", "adapter", "flavor", "namespace")
GITHUB = {
    "MAIN": "${{ github.event.repository.default_branch }}",
    "VISIBILITY": "${{ github.event.repository.visibility }}",
}
OWN = {"GH_REPO": "${{ github.repository }}", "GH_TOKEN": "${{ github.token }}"}
KEY = {"MEDIASTACK_KEY": "${{ secrets.MEDIASTACK_KEY }}"}
TOLD: Mapping[str, Mapping[str, str]] = {  # what a step's environment may say
    "release.plan": ASKED | GITHUB,
    "release.data": PLANNED | KEY,
    "release.train": ASKED | PLANNED,
    "release.bundle": PLANNED,
    "release.publish": PLANNED,
    "release.announce": PLANNED | OWN,
    "space.move": ASKED | {"VERSION": "${{ inputs.version }}"},
    "actions.keep": _inputs("name", "run", "folders"),
    "actions.take": _inputs("name", "run", "digest"),
}
COMMAND = re.compile(r'python -m train (\w+) "\$RECIPE"(?: (--on|--cancel))?')
HELD = {  # whose token a command speaks with
    "tune": "HF_READ_TOKEN",
    "tune --on": "HF_JOBS_TOKEN",
    "tune --cancel": "HF_JOBS_TOKEN",
    "fetch": "HF_READ_TOKEN",
    "evaluate": "HF_READ_TOKEN",
    "evaluate --on": "HF_JOBS_TOKEN",
    "bundle": "HF_READ_TOKEN",
    "sign": "HF_READ_TOKEN",
    "release": "HF_TOKEN",
    "rollback": "HF_TOKEN",
}
ALONE: Tree = {"persist-credentials": False}
IMPRINT = ALONE | {
    "repository": "${{ job.workflow_repository }}",
    "ref": "${{ job.workflow_sha }}",
    "fetch-depth": 0,  # or a bundle made here would name another commit than one made elsewhere
}
CALLER = ALONE | {"ref": "${{ needs.plan.outputs.commit }}", "path": "caller"}
TAGGED = ALONE | {"ref": "refs/tags/${{ inputs.tag }}", "fetch-depth": 0, "path": "caller"}
TARBALL = "${{ runner.temp }}/${{ inputs.name }}.tar"
GIVEN: Mapping[str, tuple[Tree, ...]] = {  # what an action of others may be told
    "actions/attest": ({"subject-path": "runs/${{ needs.plan.outputs.name }}/bundle/*/SHA256SUMS"},),
    "actions/checkout": (ALONE, IMPRINT, CALLER, TAGGED),
    "actions/download-artifact": ({"name": "${{ inputs.name }}", "path": "${{ runner.temp }}"},),
    "actions/setup-python": ({"python-version": "3.11"}, {"python-version": "${{ matrix.python }}"}),
    "actions/upload-artifact": (
        {"name": "${{ inputs.name }}", "path": TARBALL, "if-no-files-found": "error", "retention-days": 7},
    ),
}
CHECKOUTS = {
    "check.check": [ALONE],
    "check.fast": [ALONE],
    "space.move": [ALONE],
    "release.plan": [IMPRINT, TAGGED],
    **{f"release.{job}": [IMPRINT, CALLER] for job in ("data", "train", "bundle", "publish", "announce")},
}
FOLDERS = {
    "dataset": "dataset",
    "adapter": "adapter evidence",
    "bundle": "bundle",
    "published": "release.json",
}
CALLED = {
    "tag": "${{ inputs.tag || github.ref_name }}",
    "recipe": "${{ inputs.recipe }}",
    "trainer": "${{ inputs.trainer || vars.TRAINER || 'self-hosted' }}",
    "adapter": "${{ inputs.adapter }}",
    "flavor": "${{ vars.HF_JOBS_FLAVOR || 'l4x1' }}",
    "namespace": "${{ vars.HF_JOBS_NAMESPACE }}",
}
STRATEGIES = {"check.fast": {"fail-fast": False, "matrix": {"python": ["3.12", "3.13"]}}}
JOB = {"name", "needs", "runs-on", "timeout-minutes", "environment", "permissions", "outputs", "strategy",
       "steps"}  # fmt: skip
CALL = {"name", "uses", "permissions", "with", "secrets"}
STEP = {"id", "name", "if", "uses", "with", "run", "env"}
FILE = {"name", "run-name", "on", "permissions", "concurrency", "defaults", "jobs"}
LONGEST = 120  # minutes; training alone may take longer, and says so
TRAINING = "${{ inputs.trainer == 'self-hosted' && 1440 || 350 }}"


def of_file(name: str, tree: Tree) -> Iterator[str]:
    """What a whole workflow says that it should not, or fails to say."""
    if strange := tree.keys() - FILE:
        yield f"{name} says {', '.join(sorted(strange))} of every job"
    call = tree["jobs"].get("release", {})
    if name == "publish" and (call.get("uses"), call.get("with")) != (
        "./.github/workflows/release.yml",
        CALLED,
    ):
        yield f"publish calls {call.get('uses')} with {call.get('with')}"


def of_job(key: str, job: Tree) -> Iterator[str]:
    """What a job, or an action's steps, does beyond its duty, or leaves undone."""
    if strange := job.keys() - (CALL if "uses" in job else JOB):
        yield f"{key} has {', '.join(sorted(strange))}"
    if job.get("strategy") != STRATEGIES.get(key):
        yield f"{key} is made for {job.get('strategy')}"
    minutes = job.get("timeout-minutes", LONGEST)
    if minutes != TRAINING and not (isinstance(minutes, int) and minutes <= LONGEST):
        yield f"{key} may take {minutes} minutes"
    steps = job.get("steps", [])
    scripts = [_joined(step["run"]) for step in steps if "run" in step]
    if scripts != SCRIPTS.get(key, []):
        yield f"{key} runs {scripts}, not {SCRIPTS.get(key, [])}"
    files = [step["with"] for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    if files != CHECKOUTS.get(key, []):
        yield f"{key} checks out {files}"
    for step in steps:
        yield from _of_step(key, step)


def _of_step(key: str, step: Tree) -> Iterator[str]:
    where = f"{key}, {step.get('name', step.get('uses', step.get('run')))}"
    of_action = key.startswith("actions.") and step.get("shell", "bash") == "bash"
    if strange := step.keys() - STEP - ({"shell"} if of_action else set()):
        yield f"{where}: it has {', '.join(sorted(strange))}"
    may = {**TOLD.get(key, {}), **_token(step.get("run", ""))}
    for name, value in step.get("env", {}).items():
        if may.get(name) != value:
            yield f"{where}: {name} is {value}"
    action = step.get("uses", "./").partition("@")[0]
    if not action.startswith("./") and step.get("with") not in GIVEN.get(action, ()):
        yield f"{where}: {action} with {step.get('with')}"
    given: Mapping[str, Any] = step.get("with", {})
    if action.endswith("/keep") and given.get("folders") != FOLDERS.get(given["name"]):
        yield f"{where}: keeps {given.get('folders')}"


def _token(script: str) -> Mapping[str, str]:
    found = COMMAND.match(script)
    held = HELD.get(" ".join(filter(None, found.groups()))) if found else None
    return {"HF_TOKEN": f"${{{{ secrets.{held} }}}}"} if held else {}


def _joined(script: str) -> str:
    """A script with each command in one line."""
    return "\n".join(line.strip() for line in re.sub(r"\\\n\s*", "", script).strip().splitlines())
