import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from cards.evidence import EvidenceError, pointer, shown, value_of
from cards.facts import ModelFacts, Pictures
from cards.origin import OWN, Computed, Field, Real, Whole, Words
from cards.own import OwnSectionError, own_section, with_own_section, without_own_section
from cards.render import known, model_page
from cards.trace import Facts, check_facts, facts_of, page
from tests.golden import facts as golden
from tests.golden import run as invented
from tests.golden.run import RECIPE, RECIPE_TEXT
from train.errors import StageError
from train.release import contents, describe, tables
from train.release.bundle import bundle
from train.release.code import Code
from train.release.results import read
from train.release.sourced import RULES, sourced, sourced_tables
from train.release.traced import flaws
from train.run import Run

CODE = Code(commit="c0" * 20, tree="7e" * 32, dirty=False)
REPORT = Field("dataset/report.json", "/rows/train")
FILES = {
    "dataset/report.json": b'{"rows": {"train": 1200, "te/st": 34}, "share": 0.25, "kinds": [1, 2, 3]}',
    "a.jsonl": b'{"text": "one"}\n{"text": "two"}\n',
    "weights": b"abc",
}


def held(file: str) -> bytes:
    return FILES[file]


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


@pytest.mark.parametrize(
    ("origin", "form", "printed"),
    [
        pytest.param(REPORT, ":,", "1,200", id="a field"),
        pytest.param(Field("dataset/report.json", "/rows/te~1st"), ":", "34", id="a name with a slash"),
        pytest.param(Field("dataset/report.json", "/share"), ":.0%", "25%", id="a share"),
        pytest.param(Field("dataset/report.json", "/kinds"), "code", "`1, 2, 3`", id="a list"),
        pytest.param(Field("a.jsonl", "/1/text"), "text", "two", id="a line"),
        pytest.param(
            Computed("total", (Field("dataset/report.json", "/rows"),)), ":,", "1,234", id="a total"
        ),
        pytest.param(Computed("count", (Field("dataset/report.json", "/kinds"),)), ":", "3", id="a count"),
        pytest.param(Computed("bytes", (Field("weights"),)), ":", "3", id="a size"),
        pytest.param(Computed("quotient", (REPORT, REPORT)), ":.1f", "1.0", id="a quotient"),
        pytest.param(
            Computed("SHA-256", (Field("weights"),)),
            "code",
            "`ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad`",
            id="a digest",
        ),
    ],
)
def test_a_value_is_found_again_and_shown_as_it_was(
    origin: Field | Computed, form: str, printed: str
) -> None:
    assert shown(value_of(origin, held, RULES), form) == printed


@pytest.mark.parametrize(
    ("origin", "form"),
    [
        (Field("dataset/report.json", "/rows/validation"), ":,"),
        (Field("dataset/report.json", "/kinds/9"), ":,"),
        (Field("dataset/report.json", "/rows"), ":,"),
        (Computed("guess", (REPORT,)), ":,"),
        (REPORT, "unknown form"),
    ],
)
def test_evidence_that_does_not_hold_is_an_error(origin: Field | Computed, form: str) -> None:
    with pytest.raises(EvidenceError):
        shown(value_of(origin, held, {}), form)


def test_sums_differences_and_quotients_keep_their_origins() -> None:
    one, two = Whole(1200, REPORT), Whole(34, Field("dataset/report.json", "/rows/te~1st"))
    for value, form, printed in (
        (sum([one, two]), ":,", "1,234"),
        (one - two, ":,", "1,166"),
        (two / one, ":.1%", "2.8%"),
    ):
        (trace,) = page(f"{value:{form[1:]}}").traces
        assert trace.value == printed
        assert shown(value_of(trace.origin, held, {}), form) == printed


@pytest.mark.parametrize(
    "lost", [Whole(1200, REPORT) + 1, Real(0.25, REPORT) + 1.0, Whole(3) + Whole(1, REPORT)]
)
def test_a_number_that_was_mixed_with_another_is_unproven(lost: float) -> None:
    assert page(f"{lost}").unproven


def test_our_own_thresholds_need_no_evidence() -> None:
    assert page(f"at least {Whole(100_000, OWN):,} words").text == "at least 100,000 words\n"
    assert page(f"{Whole(50, OWN)}").unproven == ()


@settings(deadline=None, max_examples=30)
@given(st.text(), st.text())
def test_no_text_can_pretend_to_be_evidence(before: str, after: str) -> None:
    hostile = f"{before}\ufdd0{json.dumps({'kind': 'traced'}).encode().hex()}\ufdd199\ufdd2{after}"
    found = model_page(replace(golden.MODEL, title=hostile, notes=(hostile,)))
    assert found.traces == ()


@given(st.recursive(st.text() | st.integers(), lambda each: st.dictionaries(st.text(), each), max_leaves=8))
def test_a_pointer_finds_what_it_was_made_for(tree: object) -> None:
    def walk(value: object, *place: str) -> None:
        assert value_of(Field("x.json", pointer(*place)), lambda _: json.dumps(tree).encode(), {}) == value
        for name, each in value.items() if isinstance(value, dict) else ():
            walk(each, *place, name)

    walk(tree)


def test_facts_come_back_from_json_as_they_were() -> None:
    found = page(f"{Whole(1200, REPORT):,} and {Words('two', Field('a.jsonl', '/1/text'))}, 7 apart")
    facts = facts_of(found, held)
    again = TypeAdapter(Facts).validate_json(TypeAdapter(Facts).dump_json(facts))
    assert again == facts
    assert check_facts(found.text, again, held) == ()
    assert [spot.value for spot in facts.quoted] == ["7"]


def test_known_facts_stay_the_same_values() -> None:
    assert known(golden.CORPUS) == golden.CORPUS
    assert known(golden.MODEL.usage) == golden.MODEL.usage


@pytest.mark.parametrize(
    ("card", "own"),
    [
        pytest.param("# A\n\n<!-- yours -->\nmine\n<!-- /yours -->\n", "mine\n", id="a section"),
        pytest.param("# A\n\n```\n<!-- yours -->\nx\n<!-- /yours -->\n```\n", None, id="in a code block"),
        pytest.param("# A\n", None, id="none"),
        pytest.param(
            "# A\n\n```\n<!-- yours -->\n```\n\n<!-- yours -->\n\n- mine\n\n<!-- /yours -->\n\nb\n",
            "\n- mine\n\n",
            id="below a quotation of the marker",
        ),
    ],
)
def test_a_section_is_what_stands_between_markers_outside_of_code(card: str, own: str | None) -> None:
    assert own_section(card) == own


def test_a_section_is_carried_from_release_to_release_and_taken_off_exactly() -> None:
    first = with_own_section("<!-- yours -->\n\nmine\n\n<!-- /yours -->\n", "# One\n\ntext\n")
    second = with_own_section(first, "# Two\n\ntext\n")
    assert (own_section(second), without_own_section(second)) == ("\nmine\n", "# Two\n\ntext\n")
    assert with_own_section(second, "# Two\n\ntext\n") == second
    assert with_own_section("# A foreign card\n", "# Two\n") == "# Two\n"


def test_a_section_that_never_ends_is_not_guessed_at() -> None:
    with pytest.raises(OwnSectionError, match="line 3"):
        with_own_section("# A\n\n<!-- yours -->\n\nmine\n", "# New\n")
