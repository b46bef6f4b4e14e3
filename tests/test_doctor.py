"""The doctor: one right diagnosis for each thing that goes wrong with adapters, none for a sound one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from tests import ailing
from tests.ailing import BASE, WIDE
from tests.browser import published
from train.errors import ImprintError

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

Spoil = Callable[[Path], None]


@pytest.fixture(scope="module")
def ward(client: Client, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("ward")
    commits = client.run(ailing.bases, folder)
    client.run(ailing.sound, folder / "sound", folder / "base", commits[BASE])
    return folder / "sound", commits


@pytest.fixture
def adapter(ward: tuple[Path, dict[str, str]], tmp_path: Path) -> Path:
    """A sound adapter, to be spoilt."""
    return Path(shutil.copytree(ward[0], tmp_path / "adapter"))


def names(folder: Path) -> list[str]:
    """What the doctor finds in a folder, by name."""
    from train.client import visitor
    from train.release.doctor.cli import diagnoses
    from train.release.doctor.reading import from_folder

    return [each.name for each in diagnoses(from_folder(visitor(), folder))]


def test_a_sound_adapter_has_nothing(adapter: Path, client: Client) -> None:
    assert client.run(names, adapter) == []


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        pytest.param(ailing.config(revision=None), "base-not-pinned", id="no commit of its base"),
        pytest.param(ailing.config(revision="0" * 40), "base-revision-not-found", id="a commit not there"),
        pytest.param(
            ailing.config(base_model_name_or_path="rehearsal/ward-bse"),
            "base-not-found",
            id="a misspelt base",
        ),
        pytest.param(
            ailing.config(base_model_name_or_path="/home/ana/models/llama"), "base-is-a-path", id="a path"
        ),
        pytest.param(ailing.config(base_model_name_or_path=None), "base-is-a-path", id="no base at all"),
        pytest.param(ailing.card(BASE, WIDE), "another-base-on-the-card", id="two bases"),
        pytest.param(ailing.template("assistant", "user"), "another-template", id="a damaged template"),
        pytest.param(ailing.grown, "resized-embeddings", id="embeddings of its own"),
        pytest.param(ailing.more_words, "resized-embeddings", id="a token that the base has not"),
        pytest.param(ailing.beside("config.json"), "config-beside-adapter", id="config.json"),
        pytest.param(ailing.pickled("training_args.bin"), "pickles", id="training arguments"),
        pytest.param(ailing.pickled("optimizer.pt"), "pickles", id="an optimizer"),
        pytest.param(ailing.card("license: mit", "licence: mit"), "licence-key", id="a misspelt key"),
        pytest.param(ailing.card("license: mit\n", ""), "licence-key", id="no licence"),
        pytest.param(ailing.card("license: mit", "license: MIT Licence"), "licence-key", id="no id"),
        pytest.param(ailing.tokenizer(pad_token="<|end|>"), "pad-is-eos", id="pad is eos"),
        pytest.param(ailing.tokenizer(eos_token="<|user|>"), "never-stops", id="another end"),
        pytest.param(ailing.tokenizer(eos_token="</s>"), "never-stops", id="an end it cannot write"),
        pytest.param(ailing.tokenizer(eos_token=None), "no-end", id="no end"),
        pytest.param(ailing.tokenizer(auto_map={"AutoTokenizer": ["a.B", None]}), "runs-code", id="own code"),
        pytest.param(ailing.tokenizer(eos_token=["<|end|>"]), "unreadable-tokenizer", id="two ends"),
        pytest.param(ailing.beside("writer.json", b'{"golden": 5}'), "unreadable-tokenizer", id="no prompts"),
        pytest.param(ailing.config(r="4"), "unservable", id="a rank in words"),
        pytest.param(ailing.config(target_modules=[1]), "unservable", id="layers by number"),
        pytest.param(ailing.ranked(128), "rank", id="rank 128"),
        pytest.param(ailing.zeroed("lora_B"), "inert", id="never trained"),
        pytest.param(ailing.config(lora_alpha=0), "inert", id="weighed by nothing"),
        pytest.param(ailing.tensors(ailing.not_a_number), "no-numbers", id="diverged"),
        pytest.param(ailing.renamed("layers.1", "layers.7"), "not-the-bases-layers", id="a layer too deep"),
        pytest.param(ailing.config(use_dora=True), "unservable", id="DoRA"),
        pytest.param(ailing.without("adapter_model.safetensors"), "no-weights", id="half an upload"),
        pytest.param(ailing.cut_off, "no-weights", id="cut off"),
        pytest.param(ailing.without("adapter_config.json"), "no-adapter", id="no adapter"),
        pytest.param(
            ailing.card(
                "AutoPeftModelForCausalLM.from_pretrained(repo, ", "PeftModel.from_pretrained(repo, "
            ),
            "card-code",
            id="code without the base",
        ),
        pytest.param(
            ailing.card("AutoPeftModelForCausalLM.from", "AutoModelForCausalLM.from"),
            "card-code",
            id="code that looks for the tag in the base",
        ),
        pytest.param(ailing.card('repo = "', 'name = "'), "card-code", id="code with a name from nowhere"),
        pytest.param(ailing.card('revision="v0.1.0")', 'revision="v0.1.0"'), "card-code", id="no code"),
    ],
)
def test_each_thing_that_is_wrong_is_found_and_nothing_else(
    adapter: Path, client: Client, spoil: Spoil, name: str
) -> None:
    spoil(adapter)
    assert client.run(names, adapter) == [name]


def test_an_adapter_of_another_base_is_told_by_its_shapes(
    adapter: Path, ward: tuple[Path, dict[str, str]], client: Client
) -> None:
    ailing.config(base_model_name_or_path=WIDE, revision=ward[1][WIDE])(adapter)
    ailing.card(BASE, WIDE)(adapter)
    assert client.run(names, adapter) == ["not-the-bases-layers"]


def test_a_prompt_of_its_own_is_right_if_training_recorded_it(client: Client, tmp_path: Path) -> None:
    release = client.run(published.publish, tmp_path)
    made = tmp_path / "adapter" / "adapter_config.json"
    ailing.edit(made, {"revision": release["writers"][0]["base_revision"], "task_type": "CAUSAL_LM"})
    ailing.without("README.md")(made.parent)  # peft's own, with gaps
    assert client.run(names, made.parent) == []
    ailing.template("blog posts", "long posts")(made.parent)
    assert client.run(names, made.parent) == ["not-the-trained-prompt"]


def publish(folder: Path) -> None:
    from huggingface_hub import HfApi

    HfApi().create_repo(ailing.NAME)
    HfApi().upload_folder(repo_id=ailing.NAME, folder_path=folder)
    HfApi().create_tag(ailing.NAME, tag="v0.1.0")
    HfApi().delete_file("README.md", ailing.NAME)


def told(*words: str) -> tuple[int, str]:
    """What the command prints, and its exit code."""
    from contextlib import redirect_stderr, redirect_stdout
    from io import StringIO

    from train.__main__ import main

    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = main(["doctor", *words])
    return code, said.getvalue()


def test_the_doctor_comes_to_the_hub(adapter: Path, client: Client) -> None:
    client.run(publish, adapter)
    assert client.run(told, ailing.NAME, "--revision", "v0.1.0") == (
        0,
        f"{ailing.NAME}: nothing is wrong that this doctor knows of.\n",
    )
    code, said = client.run(told, ailing.NAME, "--json")
    assert code == 3
    assert [each["name"] for each in json.loads(said)] == ["no-card"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("rehearsal/nobody",), 1, "There is no model rehearsal/nobody", id="no repository"),
        pytest.param((BASE, "--revision", "v9"), 1, f"{BASE} has no revision v9", id="no revision"),
        pytest.param((BASE,), 3, "this is no PEFT adapter", id="a whole model"),
    ],
)
def test_what_cannot_be_examined_is_said_in_a_sentence(
    ward: tuple[Path, dict[str, str]], client: Client, words: tuple[str, ...], code: int, said: str
) -> None:
    ended, told_ = client.run(told, *words)
    assert ended == code
    assert said in told_


def foreign(folder: Path) -> None:
    """What only its own code can read."""
    ailing.tokenizer(auto_map={"AutoTokenizer": ["mine.Words", None]}, tokenizer_class="Words")(folder)


def names_unasked(folder: Path) -> list[str]:
    """The same, where nobody may be asked anything."""
    with mock.patch("builtins.input", side_effect=AssertionError("it asks")):
        return names(folder)


def test_nobody_is_asked_whether_a_strangers_code_may_be_run(adapter: Path, client: Client) -> None:
    foreign(adapter)
    assert client.run(names_unasked, adapter) == ["runs-code", "unreadable-tokenizer"]


def test_a_tokenizer_that_is_only_the_pointer_to_one_is_said_to_be_no_json(adapter: Path) -> None:
    (adapter / "tokenizer.json").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ImprintError, match=r"tokenizer\.json is no JSON"):
        names(adapter)
