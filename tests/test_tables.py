"""Tables on this machine: their columns, their letters, their files; parquet."""

import json
import random
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tables import read, said, table
from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.prepare.sources import columns
from train.sections import Source

ARTICLES = {"origin": "url", "date": "timestamp", "author": "authors"}


def test_an_article_keeps_what_its_row_says(tmp_path: Path) -> None:
    row = (
        '"On ferries, and waiting","First line.\n\nSecond, with ""quotes"".",https://ferry.example/1,'
        '"[\'Ann O\'\'Dea\', ""Bo O\'Neil""]",2020-12-26 03:38:10.479000+00:00,"[\'Travel\']"\n'
    ).replace("O''Dea", "Odea")
    source = table(tmp_path / "articles.csv", f"title,text,url,authors,timestamp,tags\n{row}", **ARTICLES)
    (found,) = read(source)
    assert found == Document(
        "articles/1",
        "On ferries, and waiting",
        'First line.\n\nSecond, with "quotes".',
        "https://ferry.example/1",
        "articles",
        date="2020-12-26",
        author="Ann Odea, Bo O'Neil",
        license="unknown",
    )


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("[]", ""),
        ("['Ann Lee']", "Ann Lee"),
        ("['Ann Lee', \"Bo O'Neil\"]", "Ann Lee, Bo O'Neil"),
        ('["Ann Lee", null]', "Ann Lee"),
        ("Ann Lee", "Ann Lee"),
        ("['a\\d']", "a\\d"),
        (["Ann Lee", None, "Bo"], "Ann Lee, Bo"),
        ("['never closed", ""),
        ("['a'] * 99", ""),
        ("__import__('os')", "__import__('os')"),
        ("[__import__('os')]", ""),
        ("[" * 9_000, ""),
        ("['" + "a" * 20_000 + "']", ""),
        (None, ""),
        ({"name": "Ann"}, ""),
    ],
)
def test_names_are_read_from_lists_in_any_writing(cell: object, names: str) -> None:
    assert columns.names(cell) == names


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2020-12-26 03:38:10.479000+00:00", "2020-12-26"),
        ("2020-12-26 03:38:10", "2020-12-26"),
        ("2020-12-26T03:38:10Z", "2020-12-26"),
        ("2020-12-26", "2020-12-26"),
        (datetime(2020, 12, 26, 3), "2020-12-26"),
        ("2030-12-30 00:00:00", "2030-12-30"),
        ("2021-02-30", ""),
        ("0001-01-01 00:00:00", ""),
        ("9999-12-31", ""),
        ("yesterday", ""),
        (1609459200, ""),
        (None, ""),
    ],
)
def test_a_time_stamp_gives_its_day_if_there_is_one(cell: object, day: str) -> None:
    assert columns.day(cell) == day


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "shift_jis"])
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_table_is_read_in_its_own_letters(tmp_path: Path, suffix: str, encoding: str) -> None:
    title, text = (
        ("夜の船", "船は夜に出る。" * 40)
        if encoding == "shift_jis"
        else ("Café", "Une journée à Liège. " * 20)
    )
    line = json.dumps({"title": title, "text": text}, ensure_ascii=False)
    content = f"title,text\n{title},{text}\n" if suffix == "csv" else f"{line}\n"
    assert said(table(tmp_path / f"a.{suffix}", content.encode(encoding))) == [(title, text.strip())]


@pytest.mark.parametrize(
    ("content", "mapped", "complaint"),
    [
        ("", {}, "no line of column names: it is empty"),
        ("\n\n", {}, "no line of column names"),
        ('"title,text\nA,a\n', {}, "never closed"),
        ("headline,text\nA,a\n", {}, r"no column 'title'. There are: headline, text"),
        ("title,txt\nA,a\n", {}, r"no column 'text'. Did you mean txt\?"),
        ("title,text\nA,a\n", {"writer": "by"}, r"unknown field 'writer'"),
        ("A,a\nB,b\n", {}, r"no column 'text'"),
    ],
)
def test_a_table_without_its_columns_is_refused(
    tmp_path: Path, content: str, mapped: dict[str, str], complaint: str
) -> None:
    with pytest.raises(StageError, match=complaint) as caught:
        read(table(tmp_path / "a.csv", content, **mapped))
    assert caught.value.fix


def test_texts_may_have_no_titles_if_the_recipe_says_so(tmp_path: Path) -> None:
    assert said(table(tmp_path / "a.csv", "text\na\n", title="")) == [("", "a")]


def test_a_folder_of_tables_is_read_by_name(tmp_path: Path) -> None:
    for name in "ba":
        table(tmp_path / "t" / f"{name}.csv", f"title,text\n{name},x\n")
    found = read(Source(kind="csv", path=str(tmp_path / "t")))
    assert [(each.id, each.source) for each in found] == [("t/a.csv/1", "t"), ("t/b.csv/1", "t")]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_missing_table_is_named(tmp_path: Path, kind: str) -> None:
    with pytest.raises(StageError, match="no file or folder"):
        read(Source(kind=kind, path=str(tmp_path / "nowhere")))  # type: ignore[arg-type]
    with pytest.raises(StageError, match="no file that ends in"):
        read(Source(kind=kind, path=str(tmp_path)))  # type: ignore[arg-type]


def test_a_parquet_file_is_read_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    cells = {"head": ["A", "B"], "body": ["a", None], "when": [datetime(2021, 5, 6), None], "other": [1, 2]}
    pq.write_table(pa.table(cells), path)
    source = Source(kind="jsonl", path=str(path), columns={"title": "head", "text": "body", "date": "when"})
    first, second = read(source)
    assert isinstance(first, Document)
    assert (first.id, first.title, first.text, first.date) == ("a/1", "A", "a", "2021-05-06")
    assert second == Dropped("a/2", "B", "a", "empty")
    with pytest.raises(StageError, match=r"no column 'text'. .*There are: body, head, other, when"):
        read(Source(kind="jsonl", path=str(path), columns={"title": "head"}))


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.99])
def test_a_truncated_parquet_file_is_one_clear_line(tmp_path: Path, kept: float) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"title": ["A"] * 999, "text": [f"text {n}" for n in range(999)]}), path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(StageError, match=r"a\.parquet"):
        read(Source(kind="jsonl", path=str(path)))


def test_a_table_is_pinned_by_its_bytes(tmp_path: Path) -> None:
    first = sources.pin((table(tmp_path / "a" / "t.csv", "title,text\nA,a\n"),))[0]
    moved = sources.pin((table(tmp_path / "b" / "t.csv", "title,text\nA,a\n"),))[0]
    edited = sources.pin((table(tmp_path / "b" / "t.csv", "title,text\nA,b\n"),))[0]
    assert first.revision == moved.revision != edited.revision


def test_a_file_that_is_no_text_is_no_table(tmp_path: Path) -> None:
    noise = bytes(each for each in random.Random(3).randbytes(400) if each)
    with pytest.raises(StageError, match=r"a\.csv is no table: its first line is in no encoding"):
        said(table(tmp_path / "a.csv", noise))
