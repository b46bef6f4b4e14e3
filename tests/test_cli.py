import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from train.run import ROOT


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "train", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "said", "next_command"),
    [
        pytest.param(
            ("prepare", "blgo"), "Did you mean blog?", "prepare blog --runs", id="an unknown recipe"
        ),
        pytest.param(
            ("prepare", "no/such.yaml"), "no recipe 'no/such.yaml'", "ls ", id="a missing recipe file"
        ),
        pytest.param(
            ("tune", "blog"), "report.json is missing", "train prepare blog", id="tune before prepare"
        ),
        pytest.param(("evaluate", "blog"), "is missing", "train prepare blog", id="evaluate before tune"),
        pytest.param(("bundle", "blog"), "is missing", "train prepare blog", id="bundle before evaluate"),
        pytest.param(
            ("release", "blog"), "bundle.json is missing", "train bundle blog", id="release before bundle"
        ),
        pytest.param(("tune", "blog", "--learning_rat", "1"), "Did you mean learning_rate?", "", id="a typo"),
        pytest.param(
            ("space", "blog"), "release.json is missing", "make rehearse RECIPE=blog", id="no demo yet"
        ),
    ],
)
def test_a_mistake_gets_one_line_and_the_next_command(
    arguments: tuple[str, ...], said: str, next_command: str, tmp_path: Path
) -> None:
    done = run(*arguments, "--runs", str(tmp_path), HF_TOKEN="hf_unused")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert said in done.stderr
    assert next_command in done.stderr.rpartition("Next:")[2]
    assert len(done.stderr.strip().splitlines()) <= 2


@pytest.mark.parametrize(
    ("runs", "said", "look"),
    [
        pytest.param("file", "Not a directory", "file", id="a file"),
        pytest.param("dangling", "File exists", "dangling", id="a link to nothing"),
        pytest.param("circle", "Too many levels of symbolic links", "circle", id="a link to itself"),
        pytest.param("long" * 100, "File name too long", "", id="a name longer than any file's"),
    ],
)
def test_a_place_that_can_be_no_folder_is_said_with_a_look_at_it(
    runs: str, said: str, look: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "circle").symlink_to("circle")
    done = run("prepare", "blog", "--runs", str(tmp_path / runs))
    assert done.returncode == 1
    assert f"Error: {said}: {tmp_path / runs}" in done.stderr
    assert f"Next:  ls -ld {tmp_path / look}" in done.stderr


def test_a_recipe_of_a_name_longer_than_any_file_s_is_none() -> None:
    done = run("prepare", "a" * 300)
    assert "Traceback" not in done.stderr
    assert "File name too long" in done.stderr


@pytest.mark.parametrize(("stream", "code"), [("<", 1), (">", 0), ("2>", 1)])
def test_a_stream_that_is_closed_from_the_start_leads_nowhere(stream: str, code: int) -> None:
    words = "completion bash" if stream == ">" else "new another"
    command = f"{sys.executable} -m train {words} {stream}&-"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stdout + done.stderr) == (code, False)
    if stream == "<":
        assert "Nobody is here to answer." in done.stderr


def test_an_option_that_no_verb_knows_is_a_usage_error(tmp_path: Path) -> None:
    done = run("prepare", "blog", "--quick", "--runs", str(tmp_path))
    assert done.returncode == 2
    assert "--quick" in done.stderr


def test_a_hub_on_a_taken_port_says_which_command_helps(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("hub", "--port", str(port), "--data", str(tmp_path))
    assert done.returncode == 1
    assert f"{port}" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Next:  python -m train hub --port" in done.stderr


def test_help_lists_every_verb_and_the_exit_codes() -> None:
    told = run("--help").stdout
    for verb in (
        "prepare",
        "tune",
        "evaluate",
        "bundle",
        "release",
        "rehearse",
        "space",
        "hub",
        "exit codes",
    ):
        assert verb in told
