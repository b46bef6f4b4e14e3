"""What the executor knows of GitHub: it does the same, or says that it does not know."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.actions.site import Environment, Event, Site
from tests.actions.values import WorkflowError
from tests.actions.workflow import Run, start
from tests.actions.world import git

Runs = Callable[..., Run]
HEAD = "on: {push: {branches: [main]}}\npermissions: {}\njobs:\n"
JOB = "  {}:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 1\n"


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Runs a workflow's text as the only file of a repository."""

    def made(text: str, **settings: Any) -> Run:
        folder = tmp_path / "own"
        for name, content in {"w": text, **settings.pop("files", {})}.items():
            path = folder / ".github" / "workflows" / f"{name}.yml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(content))
        git(tmp_path, "init", "--quiet", "--initial-branch=main", "own")
        git(folder, "add", "--all")
        git(folder, "-c", "user.name=M", "-c", "user.email=m@acme.example", "commit", "-qm", "x")
        hub: Any = None  # no job here asks for an identity
        site = Site(tmp_path / "github", hub, {"acme/own": folder}, **settings)
        sha = git(folder, "rev-parse", "HEAD")
        return start(site, ".github/workflows/w.yml", Event("acme/own", "push", "refs/heads/main", sha))

    return made


def job(name: str, *steps: str, **more: str) -> str:
    lines = "".join(f"    {key.replace('_', '-')}: {value}\n" for key, value in more.items())
    return JOB.format(name) + lines + "    steps:\n" + "".join(f"      - {step}\n" for step in steps)


def test_outputs_environment_path_and_summary_go_from_step_to_step_and_job_to_job(runs: Runs) -> None:
    said = r"""{id: a, run: 'echo "word=two words" >> "$GITHUB_OUTPUT"; echo N=7 >> "$GITHUB_ENV";
            echo "$PWD/bin" >> "$GITHUB_PATH"; mkdir bin; printf "#!/bin/sh\necho tool" > bin/tool;
            chmod +x bin/tool'}"""
    told = """{run: 'echo "$N $(tool)" | tee -a "$GITHUB_STEP_SUMMARY"'}"""
    heard = """{run: 'echo "heard: $SAID"', env: {SAID: "${{ needs.one.outputs.word }}"}}"""
    run = runs(
        HEAD
        + job("one", said, told, outputs='{word: "${{ steps.a.outputs.word }}"}')
        + job("two", heard, needs="one")
    )
    assert run.results == {"one": "success", "two": "success"}
    assert run.jobs["one"].summary == "7 tool\n"
    assert "heard: two words" in run.jobs["two"].log


def test_a_failure_ends_a_job_and_those_behind_it_but_for_what_asks_for_it(runs: Runs) -> None:
    steps = ("{run: 'false; echo on'}", "{run: echo never}", "{if: failure(), run: echo rescue}")
    run = runs(
        HEAD
        + job("a", *steps)
        + job("b", "{run: echo b}", needs="a")
        + job("c", "{run: echo c}", needs="b")
        + job("d", "{run: echo d}", needs="[a, c]", **{"if": "always()"})
        + job("e", "{run: echo e}", needs="d")
    )
    assert run.results == {"a": "failure", "b": "skipped", "c": "skipped", "d": "success", "e": "skipped"}
    assert "rescue" in run.log
    assert "never" not in run.log


def test_a_step_sees_nothing_of_this_machine(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVATE_WORD", "leaked")
    run = runs(HEAD + job("a", "{run: env}"))
    assert "leaked" not in run.log
    assert "ACTIONS_ID_TOKEN_REQUEST_URL" not in run.log
    assert "GITHUB_TOKEN" not in run.log


def test_an_environments_secret_is_there_for_its_own_jobs_and_never_shown(runs: Runs) -> None:
    shown = """{run: 'echo "${TOKEN:-none} ${#TOKEN}"', env: {TOKEN: "${{ secrets.TOKEN }}"}}"""
    environments = {"live": Environment(secrets={"TOKEN": "s3cr3t"})}
    run = runs(HEAD + job("a", shown, environment="live") + job("b", shown), environments=environments)
    assert "  *** 6" in run.jobs["a"].log
    assert "  none 0" in run.jobs["b"].log


@pytest.mark.parametrize("settings", [Environment(approved=False), Environment(refs=("v*",))])
def test_an_environment_can_refuse_a_job(runs: Runs, settings: Environment) -> None:
    text = HEAD + job("a", "{run: echo done}", environment="live")
    assert runs(text, environments={"live": settings}).results == {"a": "failure"}


CALLED = "on: {workflow_call: {inputs: {who: {type: string, required: true}}}}\npermissions: {}\njobs:\n"


def test_a_called_workflow_gets_its_inputs_and_no_more_rights_than_its_caller_has(runs: Runs) -> None:
    greet = """{run: 'echo "hello $WHO"', env: {WHO: "${{ inputs.who }}"}}"""
    called = CALLED + job("greet", greet, permissions="{contents: read}")
    call = HEAD + "  x:\n    uses: ./.github/workflows/called.yml\n    with: {who: Zoe}\n"
    run = runs(call + "    permissions: {contents: read}\n", files={"called": called})
    assert run.results == {"x/greet": "success", "x": "success"}
    assert "hello Zoe" in run.log


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("    with: {who: Zoe}\n", "asks for contents: read, its caller allows none"),
        ("    permissions: {contents: read}\n", "the input who is required"),
        ("    permissions: {contents: read}\n    with: {who: 3}\n", "is no string"),
        ("    permissions: {contents: read}\n    with: {who: Z, how: x}\n", "there is no input how"),
        ("    permissions: {contents: read}\n    with: {who: Z}\n    secrets: inherit\n", "by name"),
    ],
)
def test_a_call_that_github_would_refuse_is_refused(runs: Runs, text: str, why: str) -> None:
    called = CALLED + job("greet", "{run: echo}", permissions="{contents: read}")
    call = HEAD + "  x:\n    uses: ./.github/workflows/called.yml\n" + text
    with pytest.raises(WorkflowError, match=why):
        runs(call, files={"called": called})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + job("a", "{run: x}", matrix="1"), "unknown key matrix"),
        (HEAD + job("a", "{run: x}", strategy="{matrix: {n: [1]}}"), "for each of several things"),
        (HEAD + job("a", "{run: x, continue-on-error: true}"), "unknown key continue-on-error"),
        (HEAD + job("a", "{run: x, uses: y}"), "either runs or uses"),
        (HEAD + job("a", "{run: x}", needs="b"), "cannot be met"),
        (HEAD + job("a", "{uses: actions/checkout@v7}"), "is not an action that is known here at a commit"),
        (HEAD.replace("permissions: {}", "permissions: write-all") + job("a", "{run: x}"), "one by one"),
        (HEAD + job("a", '{run: "echo ${{ steps.b.outputs.c }}"}'), "there is no 'b'"),
        (HEAD + job("a", "{run: x, if: secrets.A}"), "'secrets' is no context"),
        (HEAD.replace("main", "other") + job("a", "{run: x}"), "does not set this workflow off"),
        (HEAD + job("a", "{run: x}").replace("ubuntu-24.04", "windows"), "no runner has the labels"),
    ],
)
def test_a_workflow_that_is_not_understood_is_not_run(runs: Runs, text: str, why: str) -> None:
    with pytest.raises(WorkflowError, match=why):
        runs(text)


def gh(site: Path, rights: str, *words: str) -> subprocess.CompletedProcess[str]:
    server = site / "server"
    (server / "ghs_x.json").write_text(f'{{"contents": "{rights}"}}')
    environment = {"PATH": "/usr/bin:/bin", "GH_TOKEN": "ghs_x", "GH_REPO": "acme/own"}
    return subprocess.run([site / "bin" / "gh", *words], env=environment, capture_output=True, text=True)


def test_a_release_on_github_needs_the_right_and_the_tag(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "own")
    git(
        tmp_path / "own",
        "-c",
        "user.name=M",
        "-c",
        "user.email=m@a.example",
        "commit",
        "-q",
        "--allow-empty",
        "-mx",
    )
    hub: Any = None
    site = Site(tmp_path / "github", hub, {"acme/own": tmp_path / "own"})
    (tmp_path / "notes.md").write_text("Notes")
    create = ("release", "create", "v1", "--draft", "--verify-tag", "--title", "v1", "--notes-file")
    notes = str(tmp_path / "notes.md")
    assert "HTTP 403" in gh(site.folder, "read", *create, notes).stderr
    assert "tag v1 does not exist" in gh(site.folder, "write", *create, notes).stderr
    git(tmp_path / "own", "tag", "v1")
    assert gh(site.folder, "write", *create, notes).returncode == 0
    assert (
        gh(site.folder, "write", "release", "view", "v1", "--json", "isDraft", "--jq", ".isDraft").stdout
        == "true\n"
    )
    assert gh(site.folder, "write", "release", "edit", "v1", "--draft=false").returncode == 0
    assert site.release("acme/own", "v1") == {
        "isDraft": False, "isPrerelease": False, "name": "v1", "body": "Notes", "assets": [],
    }  # fmt: skip
