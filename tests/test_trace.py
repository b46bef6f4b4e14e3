"""Every number on the cards of a version agrees with a file of the same version."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.facts import ModelFacts, Pictures
from cards.own import with_own_section
from cards.render import known, model_page
from tests.bundles import CODE
from tests.golden import facts as golden
from tests.golden import run as invented
from tests.golden.run import RECIPE, RECIPE_TEXT
from train.errors import StageError
from train.release import contents, describe, tables
from train.release.bundle import bundle
from train.release.results import read
from train.release.sourced import sourced, sourced_tables
from train.release.traced import flaws
from train.run import Run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traced")
    (folder / "space").mkdir()
    for name in ("app.py", "requirements.txt"):
        (folder / "space" / name).write_text(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "SPACE", folder / "space")
        patch.setattr("train.release.bundle.identity", lambda: CODE)
        run = invented.make(folder / "runs" / "blog")
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT)
    return run.bundle


@pytest.fixture
def version(made: Path, tmp_path: Path) -> Path:
    for part in ("dataset", "adapter"):
        for path in (made / part).rglob("*"):
            target = tmp_path / part / path.relative_to(made / part)
            target.mkdir(parents=True) if path.is_dir() else _copied(path, target)
    return tmp_path


def _copied(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(path.read_bytes())


@pytest.mark.parametrize("part", ["dataset", "adapter"])
def test_what_was_bundled_agrees_with_its_evidence(version: Path, part: str) -> None:
    assert flaws(part, version) == ()


@pytest.mark.parametrize("part", ["dataset", "adapter"])
def test_a_digit_changed_anywhere_in_a_card_is_found_on_its_line(version: Path, part: str) -> None:
    path = version / part / "README.md"
    card = path.read_text()
    for found in re.finditer(r"\d", card):
        other = str((int(found[0]) + 1) % 10)
        path.write_text(card[: found.start()] + other + card[found.end() :])
        line = card.count("\n", 0, found.start()) + 1
        assert flaws(part, version)[0].line == line


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("dataset/report.json", '"kept": 4', '"kept": 5', "dataset/report.json /kept"),
        ("dataset/report.json", '"too short": 3', '"too short": 4', "/dropped/too short"),
        ("adapter/training.json", '"steps": 200', '"steps": 201', "adapter/training.json /steps"),
        ("adapter/training.json", '"lora_r": 32', '"lora_r": 33', "adapter/training.json /options/lora_r"),
        ("adapter/evidence/metrics.json", '"adapter": 0.5', '"adapter": 0.6', "/metrics/0/adapter"),
        ("adapter/evidence/gate.json", "1 of 2 titles", "2 of 2 titles", "/checks/0/sentence"),
        ("adapter/evidence/samples.jsonl", "five quiet minutes", "six quiet minutes", "/2/text"),
    ],
)
def test_a_changed_result_is_named_with_file_field_and_line(
    version: Path, file: str, old: str, new: str, told: str
) -> None:
    path = version / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    found = [str(flaw) for part in ("dataset", "adapter") for flaw in flaws(part, version)]
    assert any(told in flaw and re.match(r"line [1-9]\d*: the card says", flaw) for flaw in found), found


def test_other_weights_and_other_rows_are_named_too(version: Path) -> None:
    (version / "adapter" / "adapter_model.safetensors").write_bytes(b"other")
    rows = version / "dataset" / "data" / "test-00000-of-00001.parquet"
    train = version / "dataset" / "data" / "train-00000-of-00001.parquet"
    rows.write_bytes(train.read_bytes())
    assert any(flaw.file.endswith("safetensors") for flaw in flaws("adapter", version))
    assert any(flaw.file.endswith(rows.name) for flaw in flaws("dataset", version))


def test_evidence_that_is_gone_is_a_flaw_and_not_a_crash(version: Path) -> None:
    (version / "adapter" / "evidence" / "metrics.json").unlink()
    assert any("metrics.json is missing" in str(flaw) for flaw in flaws("adapter", version))


def test_words_that_were_changed_are_noticed_though_no_digit_was(version: Path) -> None:
    path = version / "adapter" / "README.md"
    path.write_text(path.read_text().replace("No", "Yes", 1).replace("Nothing", "Much", 1))
    assert "not in a number" in str(flaws("adapter", version)[0])


def test_a_number_that_a_person_adds_outside_their_own_section_has_no_evidence(version: Path) -> None:
    path = version / "adapter" / "README.md"
    path.write_text(path.read_text() + "\nIt scores 99.9 on everything.\n")
    assert "99.9 has no evidence" in " ".join(map(str, flaws("adapter", version)))


def test_a_persons_own_section_is_theirs(version: Path) -> None:
    path = version / "adapter" / "README.md"
    mine = "<!-- yours -->\n\n## From me\n\n7 of my 9 friends like it.\n\n<!-- /yours -->\n"
    path.write_text(with_own_section(f"# An old card\n\n{mine}\nmore", path.read_text()))
    assert "7 of my 9 friends" in path.read_text()
    assert flaws("adapter", version) == ()


def test_facts_say_for_each_number_which_file_field_and_digest(version: Path) -> None:
    told = json.loads((version / "adapter" / "facts.json").read_text())
    steps = next(each for each in told["traced"] if each["origin"].get("field") == "/steps")
    assert (steps["value"], steps["form"], steps["origin"]["file"]) == ("200", ":,", "adapter/training.json")
    assert len(told["files"]["adapter/training.json"]) == 64


@pytest.mark.parametrize("public", [True, False])
def test_every_number_of_the_cards_of_a_run_is_proven(tmp_path: Path, public: bool) -> None:
    run = invented.make(tmp_path / "blog")
    facts = facts_of_run(run, public)
    found = model_page(facts)
    assert found.unproven == ()
    assert found == model_page(facts), "twice the same"


def facts_of_run(run: Run, public: bool) -> ModelFacts:
    recipe = replace(RECIPE, publish=replace(RECIPE.publish, private=not public))
    results = sourced(read(run, "blog"))
    splits = sourced_tables(tables.read(run.dataset, results.dataset.rows))
    corpus = describe.corpus_of(results, splits)
    return describe.model_facts(recipe, "v0.1.0", results, corpus, CODE, Pictures("lengths.svg", "loss.svg"))


def test_a_number_without_evidence_stops_the_bundle_on_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = invented.make(tmp_path / "blog")
    monkeypatch.setattr("train.release.bundle.sourced", lambda results: results)
    monkeypatch.setattr("train.release.bundle.identity", lambda: CODE)
    with pytest.raises(StageError, match=r"card of the \w+, line \d+: nothing proves"):
        bundle(RECIPE, run, "v0.1.0", RECIPE_TEXT)


def test_facts_without_origins_are_printed_and_reported() -> None:
    found = model_page(golden.MODEL)
    assert {"0.96", "48,627,712", "50"} <= {spot.value for spot in found.unproven}
    lines = found.text.split("\n")
    assert all(lines[spot.line - 1][spot.column - 1 :].startswith(spot.value) for spot in found.unproven)


@settings(deadline=None, max_examples=30)
@given(st.text(), st.text())
def test_no_text_can_pretend_to_be_evidence(before: str, after: str) -> None:
    hostile = f"{before}\ufdd0{json.dumps({'kind': 'traced'}).encode().hex()}\ufdd199\ufdd2{after}"
    found = model_page(replace(golden.MODEL, title=hostile, notes=(hostile,)))
    assert found.traces == ()


def test_known_facts_stay_the_same_values() -> None:
    assert known(golden.CORPUS) == golden.CORPUS
    assert known(golden.MODEL.usage) == golden.MODEL.usage
