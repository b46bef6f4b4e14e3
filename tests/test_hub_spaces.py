"""Spaces: really started from their repository, watched, restarted by every commit."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from gradio_client import Client as GradioClient
from huggingface_hub import HfApi

from tests.space_pages import APP, ask, delete, host_of, log_of, publish
from tests.waiting import PATIENCE_S, wait_for
from train.rehearse.hub.process import running_hub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures", "tests.running_fixtures"]

GRADIO_APP = """\
import gradio as gr

gr.Interface(lambda name: f"Hello {name}", "text", "text", api_name="greet").launch()
"""


def test_a_space_runs_from_its_repository(owner: Client, space: str) -> None:
    assert owner.run(publish, space, {"app.py": APP.replace("{default}", "first")}) == "RUNNING"
    assert owner.run(ask, space) == "first"
    assert owner.run(ask, space, "SPACE_ID") == space


def test_a_new_commit_restarts_it(owner: Client, space: str) -> None:
    owner.run(publish, space, {"app.py": APP.replace("{default}", "first")})
    assert owner.run(publish, space, {"app.py": APP.replace("{default}", "second")}) == "RUNNING"
    assert owner.run(ask, space) == "second"


@pytest.mark.parametrize(
    ("files", "stage", "said"),
    [
        pytest.param({"app.py": "raise SystemExit('no model')"}, "RUNTIME_ERROR", "no model", id="dies"),
        pytest.param({"notes.txt": "nothing"}, "NO_APP_FILE", "asks for app.py", id="no program"),
    ],
)
def test_it_does_not_start(owner: Client, space: str, files: dict[str, str], stage: str, said: str) -> None:
    assert owner.run(publish, space, files) == stage
    assert said in "\n".join(owner.run(log_of, space, stage == "NO_APP_FILE"))


def test_a_broken_commit_is_mended_by_the_next(owner: Client, space: str) -> None:
    assert owner.run(publish, space, {"app.py": "import nothing_of_that_name"}) == "RUNTIME_ERROR"
    assert "No module named 'nothing_of_that_name'" in "\n".join(owner.run(log_of, space))
    assert owner.run(publish, space, {"app.py": APP}) == "RUNNING"


def rest_and_go_on(space: str) -> list[Any]:
    api = HfApi()
    paused = api.pause_space(space).stage
    down = False
    try:
        ask(space)
    except OSError:
        down = True
    api.restart_space(space, factory_reboot=True)
    wait_for(lambda: api.get_space_runtime(space).stage == "RUNNING")
    return [paused, down, ask(space)]


def test_it_rests_when_paused_until_it_is_restarted(owner: Client, space: str) -> None:
    owner.run(publish, space, {"app.py": APP.replace("{default}", "here")})
    assert owner.run(rest_and_go_on, space) == ["PAUSED", True, "here"]


def follow_first(space: str) -> list[str]:
    lines = []
    for line in HfApi().fetch_space_logs(space, follow=True):
        lines.append(line)
        if line.startswith("opening"):
            return lines
    return lines


def test_its_log_can_be_followed(owner: Client, space: str) -> None:
    owner.run(publish, space, {"app.py": APP})
    first, *others = owner.run(follow_first, space)
    assert first.startswith("===== Application Startup at ")
    assert others == [f"opening {space}"]


def test_a_static_space_is_its_files(owner: Client, space: str) -> None:
    api_stage = owner.run(publish, space, {"index.html": "<h1>Here</h1>", "css/a.css": "h1 {}"}, "static")
    assert api_stage == "RUNNING"
    assert owner.run(ask, space) == "<h1>Here</h1>"
    assert owner.run(ask, space, "css/a.css") == "h1 {}"


def test_a_deleted_space_is_ended(owner: Client, space: str) -> None:
    owner.run(publish, space, {"app.py": APP})
    host = owner.run(delete, space)
    wait_for(lambda: not is_open(host))


def is_open(host: str) -> bool:
    try:
        urllib.request.urlopen(host, timeout=PATIENCE_S).close()
    except OSError:
        return False
    return True


@pytest.mark.slow
def test_a_space_does_not_outlive_its_hub(tmp_path: Path) -> None:
    from tests.hub_fixtures import running_client

    with running_hub(tmp_path / "hub", arguments=["--run-spaces"]) as hub:
        with running_client(hub, tmp_path / "home") as client:
            client.run(publish, "rehearsal/short", {"app.py": APP})
            host = client.run(host_of, "rehearsal/short")
        assert is_open(host)
    assert not is_open(host)


def greet(space: str) -> str:
    client = GradioClient(space, verbose=False)
    try:
        return str(client.predict("Ada", api_name="/greet"))
    finally:
        client.close()


@pytest.mark.slow
def test_a_gradio_client_finds_the_space_by_its_name(owner: Client, space: str) -> None:
    assert owner.run(publish, space, {"app.py": GRADIO_APP}) == "RUNNING"
    assert owner.run(greet, space) == "Hello Ada"
