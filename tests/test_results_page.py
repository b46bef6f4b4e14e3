"""The page of the benchmarks is what their records say, and the README says the same."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as bench
from tests.benchmarks import page, record
from tests.benchmarks.record import Cell, Claim, Found, Record, Table, beside

TROVE = beside("cleaning 5 MB", "CPU s", (2.0, 2.5, 2.0), "datatrove", (9.0, 5.0, 8.0), more=False)
FOUND = Found(
    "Cleaning",
    "The same rows on both sides.",
    (TROVE, Claim("the memory", "MB", 1234.0)),
    Table(("what", "wall s", "rows"), (("prepare", 0.5, 1200), ("datatrove", 12.25, None))),
    {"Unsloth": "needs a GPU"},
)
RECORD = Record("prepare", "2026-01-02", "2 cores, a processor", 0.25, 1.5, {"python": "3.11.7"}, FOUND)


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(record, "RESULTS", tmp_path)
    return tmp_path


def test_the_page_is_what_the_records_say() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.rendered(record.kept())


def test_the_readme_has_the_most_of_the_page_s_first_table() -> None:
    readme = page.README.read_text(encoding="utf-8")
    assert page.OPENS in readme
    assert page.CLOSES in readme
    assert page.with_table(readme, page.in_short(page.few(record.kept()))) == readme


def test_of_several_rivals_the_readme_shows_the_strongest_and_nothing_of_the_hub() -> None:
    slow = beside("cleaning 5 MB", "CPU s", (2.0,), "a loop", (90.0,), more=False)
    records = {
        name: replace(RECORD, found=replace(FOUND, claims=(slow, *FOUND.claims)))
        for name in ("prepare", "hub")
    }
    assert list(page.few(records)) == ["prepare"]
    assert page.few(records)["prepare"].found.claims == FOUND.claims


def test_every_benchmark_of_the_page_can_be_run() -> None:
    folder = Path(record.__file__).parent
    assert [name for name in record.NAMES if not (folder / f"{name}.py").is_file()] == []


def test_a_rival_s_turns_become_a_median_and_its_bounds() -> None:
    assert (TROVE.ours, TROVE.other, TROVE.times) == (2.0, 8.0, 4.0)
    assert (TROVE.least, TROVE.most, TROVE.turns) == (2.0, 4.5, 3)
    assert beside("", "", (3.0,), "", (2.0,), more=True).times == 1.5


def test_a_record_becomes_a_line_in_short_a_table_and_what_was_not_run() -> None:
    shown = page.rendered({"prepare": RECORD})
    in_short = "| cleaning 5 MB, CPU s | 2.00 | datatrove: 8.00 | 4.00 (2.00 to 4.50) | `ONLY=prepare` |"
    for line in (
        in_short,
        "| the memory, MB | 1,234 |  |  | `ONLY=prepare` |",
        "| what | wall s | rows |\n|---|--:|--:|\n| prepare | 0.50 | 1,200 |\n| datatrove | 12.2 |  |",
        "Not run: Unsloth (needs a GPU).",
        "`make bench ONLY=prepare`, 2026-01-02, 1.5 minutes on 2 cores, a processor; other programs",
        "python 3.11.7.",
        "Not measured yet: rehearsal, large, tune, evaluate, release, space, hub.",
    ):
        assert line in shown


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param(0.123, "0.12", id="a small figure has two decimals"),
        pytest.param(12.34, "12.3", id="one with two places has one"),
        pytest.param(4282.6, "4,283", id="a large one has none"),
        pytest.param(28, "28", id="what was counted is whole"),
        pytest.param("trl", "trl", id="a word stays"),
        pytest.param(None, "", id="nothing is nothing"),
    ],
)
def test_figures_have_the_decimals_they_are_worth(cell: Cell, text: str) -> None:
    assert page.shown(cell) == text


def test_the_readme_s_table_is_renewed_between_its_marks_alone() -> None:
    readme = f"before\n{page.OPENS}old\n{page.CLOSES}after\n"
    renewed = page.with_table(readme, "| new |")
    assert renewed == f"before\n{page.OPENS}\n| new |\n\n{page.CLOSES}after\n"
    assert page.with_table(renewed, "| new |") == renewed
    assert page.with_table("no marks\n", "| new |") == "no marks\n"


def test_a_record_is_read_as_it_was_written(results: Path) -> None:
    written = record.record("prepare", record.now(), FOUND, {"trl": "1.16.0"})
    assert written == results / "prepare.json"
    read = record.kept()["prepare"]
    assert (read.found, sorted(read.versions)) == (FOUND, ["python", "trl"])
    assert json.loads(written.read_text(encoding="utf-8"))["found"]["table"]["rows"][1][2] is None


def test_a_benchmark_that_fails_keeps_what_was_found_before_and_says_why(results: Path) -> None:
    record.keep(RECORD)
    record.failed("prepare", "no room left")
    found = record.kept()["prepare"].found
    assert found.table == FOUND.table
    assert "no room left" in found.not_run.values()
    record.failed("tune", "no base")
    assert "Not run: on" in page.rendered(record.kept())
    assert "(no base)." in page.rendered(record.kept())


def test_one_that_cannot_begin_is_recorded_and_the_page_renewed(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(page, "PAGE", results / "RESULTS.md")
    monkeypatch.setattr(page, "README", results / "README.md")
    page.README.write_text(f"{page.OPENS}{page.CLOSES}", encoding="utf-8")
    assert not bench.measured("tune.nowhere")
    assert "nowhere" in capsys.readouterr().err
    assert "ModuleNotFoundError" in (results / "tune.nowhere.json").read_text(encoding="utf-8")
    assert page.PAGE.read_text(encoding="utf-8") == page.rendered({})
    assert page.in_short({}) in page.README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("told", "why"),
    [
        pytest.param("Traceback\n  here\nValueError: no base\n\n", "ValueError: no base", id="the last line"),
        pytest.param("Error: No room.\nNext:  df -h\n", "Error: No room.", id="the error, not the next step"),
        pytest.param("\n", "it said nothing", id="nothing"),
    ],
)
def test_the_reason_is_what_went_wrong(told: str, why: str) -> None:
    assert bench.reason(told) == why


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        bench.main(["tune", "clean"])
    assert "there is no benchmark clean; there are rehearsal, prepare" in capsys.readouterr().err
