"""Whatever is planted in a bundle, the firewall finds it, says where, and does not repeat it."""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cards.own import BEGIN, END
from tests.bundles import Candidate, candidate, list_files, write_list
from tests.forged_bundles import FORGED
from tests.leaks_in_coats import COATS, ODD
from tests.leaks_of_adapters import ADAPTER
from tests.leaks_of_rows import PAGES, ROWS
from tests.planted_leaks import MAIL, RULES, TOKEN, TRAIN, Leak, add, cell, planted
from train.errors import StageError
from train.evaluate.report import Audit
from train.release import payload
from train.release.firewall.check import check, search_file
from train.release.firewall.found import named, refuse
from train.release.firewall.texts import tells
from train.release.report import Bundle
from train.run import Run, as_json, read_result

LEAKS = (*ROWS, *ADAPTER, *PAGES, *COATS)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Candidate:
    return candidate(tmp_path_factory.mktemp("bundle"), "blog")


@pytest.fixture
def made(model: Candidate, tmp_path: Path) -> Candidate:
    shutil.copytree(model.run.bundle, tmp_path / "bundle")
    return Candidate(model.recipe, Run(tmp_path))


def pass_through(made: Candidate, token: str | None = None) -> None:
    listed = read_result(Bundle, made.run.bundle / "bundle.json", fix="")
    check(payload.read(listed, made.run.bundle, fix=""), made.recipe, made.run, listed, token)


def search(made: Candidate, file: str) -> None:
    leaks = named(file, search_file(file.partition("/")[2], made.run.bundle / file, RULES))
    refuse(leaks, lambda text: tells(text, RULES), "python -m train bundle blog")


def test_an_honest_bundle_passes(made: Candidate) -> None:
    pass_through(made)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.name)
def test_a_leak_is_found_and_not_repeated(made: Candidate, leak: Leak) -> None:
    with pytest.raises(StageError, match=leak.says) as refusal:
        search(planted(made, leak), leak.file)
    assert leak.file in str(refusal.value)
    assert not leak.value or leak.value not in str(refusal.value)
    assert "python -m train bundle blog" in refusal.value.fix


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_plain_file_of_a_known_name_is_not_opened(made: Candidate, name: str) -> None:
    ODD[name](made.run.bundle / "adapter" / "NOTICE")
    with pytest.raises(StageError, match="never published"):
        pass_through(made)


@pytest.mark.parametrize("leak", FORGED, ids=lambda leak: leak.name)
def test_what_belongs_to_another_bundle_is_refused_though_it_was_sealed(made: Candidate, leak: Leak) -> None:
    with pytest.raises(StageError, match=leak.says) as refusal:
        pass_through(planted(made, leak))
    assert refusal.value.fix.startswith(("python -m train bundle blog", "take it out"))


@pytest.mark.parametrize("part", ["dataset", "adapter"])
def test_a_file_changed_by_hand_is_known_by_its_seals(made: Candidate, part: str) -> None:
    card = made.run.bundle / part / "README.md"
    card.write_text(card.read_text() + "\nMore words.\n")
    list_files(made.recipe, made.run, "v0.1.0")
    with pytest.raises(StageError) as refusal:
        pass_through(made)
    for seal in ("SHA256SUMS", "provenance.json"):
        assert f"{part}/{seal}: it says another digest of README.md" in str(refusal.value)
    assert "the card was changed, though not in a number" in str(refusal.value)


def test_a_verdict_that_was_turned_is_known_because_the_gate_is_asked_again(made: Candidate) -> None:
    (made.run.bundle / "adapter/evidence/audit.json").write_text(as_json(Audit("audited", (), 0, 0, 0)))
    write_list(made.recipe, made.run, "v0.1.0")
    with pytest.raises(StageError, match=r"gate\.json: the gate, asked again, says something else"):
        pass_through(made)


@pytest.mark.parametrize("named", [{"title": "Ask leonie"}, {"digest": TOKEN}, {"base_revision": "f" * 40}])
def test_what_commits_and_pins_will_say_is_what_was_bundled(made: Candidate, named: dict[str, Any]) -> None:
    path = made.run.bundle / "bundle.json"
    listed = read_result(Bundle, path, fix="")
    path.write_text(as_json(replace(listed, **named)))
    with pytest.raises(StageError, match="Nothing was sent"):
        pass_through(made)


def test_all_that_was_found_is_told_at_once(made: Candidate) -> None:
    for leak in (*LEAKS[:4], *LEAKS[18:24]):
        planted(made, leak)
    planted(made, next(leak for leak in LEAKS if leak.name == "a comment in the recipe"))
    with pytest.raises(StageError, match=r"Nothing was sent: \d\d things must not leave") as refusal:
        pass_through(made)
    lines = str(refusal.value).splitlines()
    assert len(lines) == 12
    assert re.fullmatch(r"  and \d+ more", lines[-1])


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("dataset/README.md", "The pass is {}.", id="a card"),
        pytest.param("adapter/evidence/samples.jsonl", '{{"text": "{}"}}', id="a sample"),
        pytest.param("adapter/adapter_model.safetensors", "{}", id="weights"),
        pytest.param("space/app.py", "KEY = '{}'", id="code"),
    ],
)
def test_the_secrets_of_this_machine_stand_in_no_file(
    made: Candidate, monkeypatch: pytest.MonkeyPatch, file: str, text: str
) -> None:
    monkeypatch.setenv("MEDIASTACK_KEY", "winter light 84")
    path = made.run.bundle / file
    path.write_bytes(path.read_bytes() + text.format("winter light 84").encode())
    write_list(made.recipe, made.run, "v0.1.0")
    with pytest.raises(StageError, match="the value of MEDIASTACK_KEY, a secret of this machine") as refusal:
        pass_through(made)
    assert "winter light" not in str(refusal.value)


def test_the_token_of_the_release_stands_in_no_file(made: Candidate) -> None:
    add("\nmy-own-hub-token\n")(made.run.bundle / "space/README.md")
    write_list(made.recipe, made.run, "v0.1.0")
    with pytest.raises(StageError, match="the token of this release"):
        pass_through(made, token="my-own-hub-token")


def test_the_token_that_the_client_keeps_stands_in_no_file(
    made: Candidate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("kept-by-the-client\n")
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))
    add("\nkept-by-the-client\n")(made.run.bundle / "space/README.md")
    write_list(made.recipe, made.run, "v0.1.0")
    with pytest.raises(StageError, match="a secret of this machine"):
        pass_through(made)


def test_what_a_recipe_allows_by_its_mark_passes(made: Candidate) -> None:
    planted(made, next(leak for leak in LEAKS if leak.name == "an address in a drawing"))
    with pytest.raises(StageError) as refusal:
        search(made, "adapter/loss.svg")
    mark = re.findall(r"\(([0-9a-f]{12})\)", str(refusal.value))[0]
    allowing = replace(RULES, allow=frozenset({mark}))
    assert not list(search_file("loss.svg", made.run.bundle / "adapter/loss.svg", allowing))


def test_personal_data_stays_where_the_recipe_keeps_it(made: Candidate) -> None:
    planted(made, next(leak for leak in LEAKS if leak.name == "an address in a text"))
    rows = made.run.bundle / TRAIN
    assert list(search_file("train.parquet", rows, RULES))
    assert not list(search_file("train.parquet", rows, replace(RULES, forbids_personal=False)))


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        pytest.param("posts/2012-11-04 12.30.45.md", 0, id="a file named after a minute"),
        pytest.param("https://example.org/go/0171 8834295", 0, id="a figure in an address"),
        pytest.param(f"mail/{MAIL}", 1, id="an address of a person"),
    ],
)
def test_figures_in_the_name_of_a_row_are_no_persons(made: Candidate, text: str, leaks: int) -> None:
    rows = made.run.bundle / TRAIN
    cell("origin", text)(rows)
    assert len(list(search_file("train.parquet", rows, RULES))) == leaks


def test_what_a_person_wrote_on_the_hub_may_name_them(made: Candidate) -> None:
    card = made.run.bundle / "adapter/README.md"
    add(f"\n{BEGIN}\nWrite to {MAIL}.\n{END}\n")(card)
    search(made, "adapter/README.md")
