"""A release whose bundle holds what must not leave says nothing to the Hub; no release says its token."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from huggingface_hub import HfApi

from tests.bundles import Candidate, candidate
from tests.forged_bundles import FORGED
from tests.leaks_of_adapters import ADAPTER
from tests.leaks_of_rows import PAGES, ROWS
from tests.planted_leaks import TOKEN, Leak, planted
from train.errors import ImprintError, StageError
from train.owned import hushed
from train.rehearse.hub.process import LocalHub, running_hub
from train.rehearse.scale import as_yaml
from train.run import ROOT, Run

CHOSEN = (ROWS[0], ROWS[4], ROWS[15], ADAPTER[0], ADAPTER[5], PAGES[0], FORGED[6])


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), token=TOKEN) as hub:
        yield hub


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    """A Hub that refuses everything, and repeats the token in its refusal."""

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = str(self.headers.get("Authorization"))
            body = f'{{"error": "no such token: {said}"}}'.encode()
            self.send_response(403)
            self.send_header("X-Error-Message", f"no such token: {said}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def read_log(hub: LocalHub) -> bytes:
    path = hub.data / "requests.jsonl"
    return path.read_bytes() if path.exists() else b""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Candidate:
    return candidate(tmp_path_factory.mktemp("bundle"), "blog")


@pytest.mark.parametrize("leak", CHOSEN, ids=lambda leak: leak.name)
def test_the_hub_hears_nothing_of_a_bundle_with_a_leak(
    hub: LocalHub, model: Candidate, tmp_path: Path, leak: Leak
) -> None:
    before = read_log(hub)
    shutil.copytree(model.run.bundle, tmp_path / "bundle")
    made = planted(Candidate(model.recipe, Run(tmp_path)), leak)
    with pytest.raises(StageError, match="Nothing was sent") as refusal:
        made.release(HfApi(endpoint=hub.url, token=hub.token))
    assert read_log(hub) == before
    assert not leak.value or leak.value not in str(refusal.value)


def test_a_refusal_that_repeats_the_token_is_told_without_it(
    echo: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = candidate(tmp_path, "blog")
    with pytest.raises(ImprintError) as refusal:
        made.release(HfApi(endpoint=echo, token="a-token-of-another-shape"))
    said = f"{refusal.value} {refusal.value.fix} {''.join(capfd.readouterr())}"
    assert "403" in said
    assert "a-token-of-another-shape" not in said


@pytest.mark.slow
def test_a_token_is_in_no_line_that_a_release_prints_nor_in_the_hubs_log(
    hub: LocalHub, echo: str, tmp_path: Path
) -> None:
    made = candidate(tmp_path / "runs/blog", "said")
    recipe = tmp_path / "blog.yaml"
    recipe.write_text(as_yaml(made.recipe))
    for endpoint, ends in ((echo, 1), (hub.url, 0)):
        done = release(recipe, made, endpoint, home=tmp_path / "home")
        assert done.returncode == ends, done.stderr
        assert TOKEN not in done.stdout + done.stderr
        assert "winter-light-84" not in done.stdout + done.stderr
    assert TOKEN.encode() not in read_log(hub)
    assert b"winter-light-84" not in read_log(hub)


def release(recipe: Path, made: Candidate, endpoint: str, home: Path) -> "subprocess.CompletedProcess[str]":
    settings = {"HF_ENDPOINT": endpoint, "HF_TOKEN": TOKEN, "HF_HOME": str(home), "HF_DEBUG": "1"}
    return subprocess.run(
        [sys.executable, "-m", "train", "release", str(recipe), "--runs", str(made.run.folder.parent)],
        cwd=ROOT,
        env={**os.environ, **settings, "MEDIASTACK_KEY": "winter-light-84"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(f"refused: {TOKEN}", "refused: hf_…", id="a token"),
        pytest.param("refused: hf_jwt_eyJh.bGci.OiJI", "refused: hf_jwt_…", id="a token of a workflow"),
        pytest.param("refused: winter-light-84", "refused: …", id="a secret of the environment"),
        pytest.param(
            "refused: stone-wall-77", "refused: …", id="a secret that was pasted with its line's end"
        ),
        pytest.param("hf_a-" * 60_000, "hf_a-" * 60_000, id="what looks like tokens, in no time"),
        pytest.param("hf_hub_download and hf_transfer", "hf_hub_download and hf_transfer", id="a function"),
        pytest.param("404 Not Found", "404 Not Found", id="nothing"),
    ],
)
def test_what_is_printed_is_hushed(monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    monkeypatch.setenv("MEDIASTACK_KEY", "winter-light-84")
    monkeypatch.setenv("API_TOKEN", "stone-wall-77\n")
    assert hushed(text) == said
