"""The Space as programs meet it: what it refuses to serve, what it answers, how it ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from gradio_client import Client as Visitor
from gradio_client.exceptions import AppError

from tests.browser import published
from tests.browser.published import TITLE
from tests.browser.serving import Served, copied, environment, serving
from tests.test_space import COMMIT, Release, described
from train.rehearse.hub.process import LocalHub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]
pytestmark = pytest.mark.slow


def start(folder: Path, hub: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "app.py"]
    return subprocess.run(
        command, cwd=folder, env=environment(hub), capture_output=True, text=True, timeout=120
    )


def assert_refused(ended: subprocess.CompletedProcess[str], said: str) -> None:
    assert ended.returncode == 1
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1, "one line, no traceback"


def test_a_space_without_a_release_says_so(tmp_path: Path) -> None:
    assert_refused(start(copied(tmp_path / "space", None), {}), "release.json cannot be read")


def test_a_hub_that_does_not_answer_is_named(tmp_path: Path) -> None:
    hub = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path / "home")}
    assert_refused(
        start(copied(tmp_path / "space", described()), hub), "cannot be loaded from http://127.0.0.1:9"
    )


@pytest.fixture(scope="module")
def visitor(real: Served) -> Visitor:
    while not health(real)["ready"]:
        time.sleep(0.1)
    return Visitor(real.url, verbose=False)


def test_one_endpoint_is_public(visitor: Visitor) -> None:
    described = visitor.view_api(return_format="dict", print_info=False)
    assert isinstance(described, dict)
    assert list(described["named_endpoints"]) == ["/write"]
    assert described["unnamed_endpoints"] == {}
    names = [each["parameter_name"] for each in described["named_endpoints"]["/write"]["parameters"]]
    assert names == ["title", "words"]


def written_by_evaluation(release: Release, title: str, words: int) -> str:
    """What transformers and peft alone give, with evaluation's own loop and luck."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    from train.evaluate.ask import seed_of
    from train.evaluate.draw import draw
    from train.evaluate.loop import Row, continued

    pins = release["writers"][0]
    nf4 = BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    precision: dict[str, Any] = {"quantization_config": nf4, "dtype": torch.bfloat16}
    base = AutoModelForCausalLM.from_pretrained(pins["base"], revision=pins["base_revision"], **precision)
    model: Any = PeftModel.from_pretrained(base, pins["adapter"], revision=pins["adapter_revision"]).eval()
    tokenizer: Any = AutoTokenizer.from_pretrained(pins["adapter"], revision=pins["adapter_revision"])
    turn = [{"role": "user", "content": title}]
    ids = tokenizer.apply_chat_template(turn, add_generation_prompt=True, return_dict=False, words=words)
    decoding = published.toy_recipe().decoding
    luck = draw(decoding, [seed_of(decoding.seed, title)], torch.device("cpu"))
    stops = frozenset([tokenizer.eos_token_id])
    [text] = continued(model, [Row(ids, decoding.max_new_tokens)], stops, luck)
    return str(tokenizer.decode(text.ids, skip_special_tokens=True)).rstrip("\ufffd").strip()


def test_write_answers_what_evaluation_would_have_read(
    visitor: Visitor, client: "Client", toy_release: Release
) -> None:
    text = visitor.predict(TITLE, 80, api_name="/write")
    assert text == visitor.predict(title=TITLE, words="80", api_name="/write")
    assert text == client.run(written_by_evaluation, toy_release, TITLE, 80)
    assert text != client.run(written_by_evaluation, toy_release, TITLE, 40)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param(("", 80), "title: Please write something here first.", id="no title"),
        pytest.param(("x" * 201, 80), "title: 201 characters are too many: 200 at most.", id="a long title"),
        pytest.param((TITLE, 81), "words: Choose one of 40, 80.", id="another limit"),
    ],
)
def test_who_skips_the_form_meets_its_limits_all_the_same(
    visitor: Visitor, asked: tuple[str, int], said: str
) -> None:
    with pytest.raises(AppError, match=said):
        visitor.predict(*asked, api_name="/write")


def break_prompt(folder: Path) -> str:
    """An adapter whose template is one word away from the one that training saw."""
    from huggingface_hub import snapshot_download

    snapshot_download(published.ADAPTER, local_dir=folder)
    template = folder / "chat_template.jinja"
    template.write_text(template.read_text().replace("At most", "At least"))
    return published.upload(published.ADAPTER, folder)


def said_of_failing(folder: Path, hub: dict[str, str]) -> str:
    """What the page's process says of a release that cannot be loaded; it goes on and tells visitors, too."""
    with serving(folder, hub) as served:
        state = health(served)
        while state["state"] == "loading":
            time.sleep(0.1)
            state = health(served)
        assert state["state"] == "failed"
        assert (folder / "stderr.txt").read_text() == f"{state['message']}\n", "one line, no traceback"
        return str(state["message"])


def health(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = httpx2.get(f"{served.url}/health", timeout=30).json()
    return found


def test_a_prompt_that_training_did_not_see_is_not_served(
    hub: LocalHub, client: "Client", toy_release: Release, tmp_path: Path
) -> None:
    broken = {"adapter_revision": client.run(break_prompt, tmp_path / "adapter")}
    folder = copied(tmp_path / "space", toy_release | {"writers": [toy_release["writers"][0] | broken]})
    said = said_of_failing(folder, hub.environment(tmp_path / "home"))
    assert said.startswith(f"The prompt for '{TITLE}' is not the one that training saw")


def test_a_commit_that_is_gone_is_named(hub: LocalHub, toy_release: Release, tmp_path: Path) -> None:
    gone = toy_release["writers"][0] | {"base_revision": COMMIT}
    folder = copied(tmp_path / "space", toy_release | {"writers": [gone]})
    said = said_of_failing(folder, hub.environment(tmp_path / "home"))
    assert f"rehearsal/toy-base@{COMMIT[:7]}" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_quietly(number: signal.Signals, hub: LocalHub, toy_release: Release, tmp_path: Path) -> None:
    folder = copied(tmp_path / "space", toy_release)
    with serving(folder, hub.environment(tmp_path / "home")) as served:
        Visitor(served.url, verbose=False).submit(TITLE, 80, api_name="/write")
        served.process.send_signal(number)
        assert served.process.wait(15) == 0
    assert (folder / "stderr.txt").read_text() == ""
