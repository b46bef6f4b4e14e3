"""The Space as programs meet it: what it refuses to serve, what it answers, how it ends."""

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from gradio_client import Client as Visitor
from gradio_client.exceptions import AppError
from playwright.sync_api import BrowserContext, expect

from tests import studios
from tests.browser import published
from tests.browser.published import TITLE
from tests.browser.serving import Served, copied, environment, health
from tests.browser.visiting import visiting
from tests.test_space import COMMIT, Release, described
from tests.waiting import PATIENCE_S, wait_for

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]
pytestmark = pytest.mark.slow


def start(folder: Path, hub: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "app.py"]
    return subprocess.run(
        command, cwd=folder, env=environment(hub), capture_output=True, text=True, timeout=PATIENCE_S
    )


def assert_refused(ended: subprocess.CompletedProcess[str], said: str) -> None:
    assert ended.returncode == 1
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1, "one line, no traceback"


def test_a_space_without_a_release_says_so_at_once_and_what_makes_one(tmp_path: Path) -> None:
    folder = copied(tmp_path / "space", None)
    (folder / "gradio.py").write_text("raise RuntimeError('this takes seconds')")
    ended = start(folder, {})
    assert_refused(ended, "release.json cannot be read: a release puts it beside app.py.")
    assert "`make space` serves it with one" in ended.stderr


def test_a_hub_that_does_not_answer_is_named(tmp_path: Path) -> None:
    hub = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path / "home")}
    assert_refused(
        start(copied(tmp_path / "space", described()), hub), "cannot be loaded from http://127.0.0.1:9"
    )


@pytest.fixture(scope="module")
def visitor(real: Served) -> Visitor:
    wait_for(lambda: bool(health(real)["ready"]))
    return Visitor(real.url, verbose=False)


def test_a_real_model_writes_from_its_pinned_commits(context: BrowserContext, real: Served) -> None:
    with visiting(context, real.url) as visit:
        expect(visit.button("Write")).to_be_enabled()
        expect(visit.page.locator(".block.banner")).to_be_hidden()
        visit.write(TITLE)
        visit.desk.get_by_role("tab", name="Source").click()
        expect(visit.desk.locator("[data-source]")).to_have_text(re.compile(r"\S"))
        visit.shoot("real")
        expect(visit.page.locator(".block.made")).to_contain_text("rehearsal/toy-adapter")
        assert visit.mistakes == []


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


@pytest.mark.usefixtures("kernel")  # which sums as evaluation does
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


def state_of(release: Release) -> tuple[str, str]:
    with studios.opened(release) as found:
        return found.state().phase, found.state().said


def test_a_prompt_that_training_did_not_see_is_not_served(
    client: "Client", toy_release: Release, tmp_path: Path
) -> None:
    broken = {"adapter_revision": client.run(break_prompt, tmp_path / "adapter")}
    changed = {"writers": [toy_release["writers"][0] | broken]}
    phase, said = client.run(state_of, changed)
    assert phase == "failed"
    assert said.startswith(f"The prompt for '{TITLE}' is not the one that training saw")


def refused(release: Release) -> str:
    from release import ServingError

    try:
        state_of(release)
    except ServingError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"adapter_revision": COMMIT}, "this commit is not there", id="a commit that is gone"),
        pytest.param({"adapter": "rehearsal/nothing"}, "it is not there, or private", id="no repository"),
    ],
)
def test_what_is_gone_is_named(
    client: "Client", toy_release: Release, change: dict[str, str], why: str
) -> None:
    pins = toy_release["writers"][0] | change
    said = client.run(refused, {"writers": [pins]})
    assert said.startswith(f"{pins['adapter']}@{pins['adapter_revision'][:7]} cannot be loaded from http")
    assert why in said
