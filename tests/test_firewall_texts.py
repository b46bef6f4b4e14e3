"""What the firewall makes of a text or a file by itself: names of this machine, and words of nobody."""

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.planted_leaks import RULES
from train import recipe as recipes
from train.prepare.clean import clean
from train.prepare.document import Document
from train.prepare.scan import personal
from train.release.firewall.check import search_file
from train.release.firewall.owned import owned
from train.release.firewall.texts import PERSON, Piece, Rules
from train.release.firewall.texts import search as search_texts
from train.run import ROOT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("TOKENIZERS_PARALLELISM", "false", id="a switch"),
        pytest.param("GIT_AUTHOR_NAME", "Notebook", id="a person's name"),
        pytest.param("DB_PASSWORD", "password", id="a word that stands for a password"),
        pytest.param("API_KEY", "notebook", id="a word of the language"),
        pytest.param("HF_TOKEN_PATH", "/home/me/token", id="a path"),
        pytest.param("SSH_KEY", "~/.ssh/id", id="a path from home"),
    ],
)
def test_what_is_no_secret_hides_no_text(name: str, value: str) -> None:
    assert not owned((), {name: value}, None).secrets


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("I keep it in {folder}/bundle.", id="the run's folder"),
        pytest.param("See /home/wren/notes.md", id="a home on Linux"),
        pytest.param("See /Users/wren/notes.md", id="a home on a Mac"),
        pytest.param(r"See C:\Users\wren\notes.md", id="a home on Windows"),
    ],
)
def test_the_names_of_this_machine_stand_in_no_text(tmp_path: Path, text: str) -> None:
    rules = Rules(owned((tmp_path,), {"USER": "wren"}, None), frozenset(), forbids_personal=True)
    found = list(search_texts([Piece("", text.format(folder=tmp_path))], rules, PERSON))
    assert len(found) == 1
    assert "machine" in found[0].rule
    allowed = replace(rules, allow=frozenset({found[0].marked}))
    assert not list(search_texts([Piece("", text.format(folder=tmp_path))], allowed, PERSON))


@pytest.mark.parametrize("text", ["The wren sings.", "/home/wrens/notes.md", "https://example.org/home/wr"])
def test_a_name_that_is_also_a_word_stays_one(text: str, tmp_path: Path) -> None:
    rules = Rules(owned((tmp_path,), {"USER": "wren"}, None), frozenset(), forbids_personal=True)
    assert not list(search_texts([Piece("", text)], rules, PERSON))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(
            "LICENSE", "\ufeffThe licence of a base\n\f\nReport to legal@meta-brandt.com\n", id="a licence"
        ),
        pytest.param(
            "chat_template.jinja",
            "{% for m in messages %}{% generation %}{{ m }}{% endgeneration %}{% endfor %}",
            id="a template that marks what is learned",
        ),
        pytest.param(
            "chat_template.jinja",
            "You know what __name__ means. {{ messages[0]['content'] }}",
            id="a template that names a name",
        ),
        pytest.param(
            "tokenizer_config.json",
            '{"bos_token": "<|begin_of_text|>", "pad_token": "<|finetune_right_pad_id|>"}',
            id="tokens of a tokenizer",
        ),
        pytest.param(
            "recipe.yaml", "sources:\n- {kind: jekyll, path: ../my-blog}\n", id="a folder beside the project"
        ),
        pytest.param(
            "README.md",
            "Load it from `~/models` or `/opt/models/writer`, see https://example.org/home/me.\n",
            id="paths of a reader",
        ),
    ],
)
def test_what_bases_and_people_write_passes(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert not list(search_file(name, tmp_path / name, RULES))


@given(base64=st.binary(min_size=3000, max_size=9000).map(lambda data: b64encode(data).decode()))
@settings(max_examples=25, deadline=None)
def test_a_table_in_base64_is_no_secret(base64: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    words = {"hf_": 1, "api_key": 2, "Ġpassword": 3, "@gmail": 4, "0049": 5, "BEGIN": 6}
    held = {"normalizer": {"precompiled_charsmap": base64}, "model": {"vocab": words, "merges": [["a", "b"]]}}
    path.write_text(json.dumps(held))
    assert not list(search_file("tokenizer.json", path, RULES))


@given(st.text())
@settings(max_examples=150, deadline=None)
def test_any_text_that_prepare_has_masked_passes(text: str) -> None:
    masked, _ = personal(text, "mask")
    leaks = search_texts([Piece("", masked)], RULES, PERSON)
    assert not [leak for leak in leaks if leak.rule.startswith("personal")]


def test_the_embedded_corpora_pass_as_they_come_out_of_prepare() -> None:
    recipe = recipes.load("blog")
    site = ROOT / "train/rehearse/samples"
    texts = [path.read_text(errors="replace") for path in sorted(site.rglob("*.md"))]
    cleaned = [clean(Document("a", "", text, "", "a"), recipe.clean)[0].text for text in texts]
    rows = [personal(text, "mask")[0] for text in cleaned]
    found = list(search_texts([Piece(f"row {n}", row) for n, row in enumerate(rows)], RULES, PERSON))
    assert not [leak for leak in found if not leak.rule.startswith("a secret")]


@pytest.mark.parametrize("value", ["{}", "[]", '{"rows": 1}', "null", "1", '"x"', '["x"]'])
def test_a_key_is_read_whatever_stands_behind_it(tmp_path: Path, value: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(f'{{"sources": {{"jo.wren@fernmail.net": {value}}}}}')
    assert [leak.rule for leak in search_file("report.json", path, RULES)] == ["personal data: e-mail"]
