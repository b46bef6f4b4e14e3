"""Tables on this machine: separated values, JSON lines and lists, parquet."""

import csv
import json
import tracemalloc
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.prepare.sources import columns
from train.sections import Source

ARTICLES = {"origin": "url", "date": "timestamp", "author": "authors"}


def table(path: Path, content: str | bytes, **mapped: str) -> Source:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(kind="csv" if path.suffix in (".csv", ".tsv") else "jsonl", path=str(path), columns=mapped)


def read(source: Source) -> list[Document | Dropped]:
    (pinned,) = sources.pin((source,))
    return list(sources.read(pinned))


def said(source: Source) -> list[tuple[str, str]]:
    """Title and text of each document; of what was dropped, the reason and the detail."""
    found = read(source)
    return [
        (each.title, each.text) if isinstance(each, Document) else (each.reason, each.detail)
        for each in found
    ]


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


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("title,text\nA,\nB,b\n", [("empty", ""), ("B", "b")], id="a row without text"),
        pytest.param("title,text\n\nB,b\n\n", [("B", "b")], id="empty lines"),
        pytest.param("title,text\nA,a\n\n\nB,b", [("A", "a"), ("B", "b")], id="no line end at the end"),
        pytest.param("title,text\r\nA,a\r\nB,b\r\n", [("A", "a"), ("B", "b")], id="Windows line ends"),
        pytest.param('title;text\nA;"a;b"\n', [("A", "a;b")], id="semicolons"),
        pytest.param("title\ttext\nA\ta, b\n", [("A", "a, b")], id="tabs"),
        pytest.param(
            "title,text\nA\nB,b,c\nC,c\n",
            [
                ("broken record", "line 2: cells: 1, where the first line has 2"),
                ("broken record", "line 3: cells: 3, where the first line has 2"),
                ("C", "c"),
            ],
            id="too few cells, too many",
        ),
        pytest.param(
            'title,text\nA,a\nB,"b opens\nC,c\nD,d\n',
            [
                ("A", "a"),
                ("broken record", "line 3: a quote is opened and never closed"),
                ("C", "c"),
                ("D", "d"),
            ],
            id="a quote that takes in the rest of the file",
        ),
        pytest.param(
            'title,text\nA,"a opens\nB,"b, and, more\n\nends here"\nC,c\n',
            [
                ("broken record", "line 2: a quote within quotes is not doubled"),
                ("B", "b, and, more\n\nends here"),
                ("C", "c"),
            ],
            id="a quote that takes in the next record",
        ),
        pytest.param(
            'title,text,url\nA,"a opens\nfigs, plums, pears\nB,b,u\n',
            [("broken record", "lines 2 to 3: a quote is opened and never closed"), ("B", "b")],
            id="a sentence with commas is no record",
        ),
        pytest.param(
            'title,text\nA,"he said "no" to it"\nB,b\n',
            [("broken record", "line 2: a quote within quotes is not doubled"), ("B", "b")],
            id="quotes within quotes",
        ),
    ],
)
def test_a_broken_record_is_dropped_alone(
    tmp_path: Path, content: str, expected: list[tuple[str, str]]
) -> None:
    name = "a.tsv" if "\t" in content else "a.csv"
    assert said(table(tmp_path / name, content)) == expected


def test_a_record_found_in_the_middle_of_a_text_must_have_a_day(tmp_path: Path) -> None:
    content = 'title,text,day\nA,"a opens\nplums,pears,figs\nB,b,2020-01-02\n'
    assert said(table(tmp_path / "a.csv", content, date="day"))[1:] == [("B", "b")]


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


def test_a_byte_lost_in_a_row_costs_no_other_row(tmp_path: Path) -> None:
    content = "title,text\nA,äöüäöü and \xe9\nB,ß\n".encode().replace("\xe9".encode(), b"\xe9")
    assert said(table(tmp_path / "a.csv", content)) == [("A", "äöüäöü and é"), ("B", "ß")]


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


def test_memory_stays_flat_however_long_the_table(tmp_path: Path) -> None:
    with (tmp_path / "long.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["title", "text"])
        for number in range(4_000):
            writer.writerow([f"Title {number}", "A paragraph of some words.\n\n" * 100])
    (pinned,) = sources.pin((Source(kind="csv", path=str(tmp_path / "long.csv")),))
    tracemalloc.start()
    assert sum(isinstance(each, Document) for each in sources.read(pinned)) == 4_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_quotes_left_open_in_every_line_are_read_in_a_bearable_time(tmp_path: Path) -> None:
    found = read(table(tmp_path / "a.csv", "title,text\n" + 'x"y,"z\n' * 20_000 + '"A","a"\n'))
    assert found[0].title == ""
    assert len(found) <= 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            '{"title": "A", "text": "a"}\n\n{"title": "B", "text": "b"}', [("A", "a"), ("B", "b")], id="lines"
        ),
        pytest.param(
            '[{"title": "A", "text": "a"},\n {"title": "B", "text": "b"}]',
            [("A", "a"), ("B", "b")],
            id="a list",
        ),
        pytest.param("[]", [], id="an empty list"),
        pytest.param("", [], id="nothing"),
        pytest.param(
            '{"title": "A", "text": "a"}\n{"title": \n{"title": "B", "text": "b"}\n',
            [("A", "a"), ("broken record", "line 2: Expecting value at column 10"), ("B", "b")],
            id="a broken line",
        ),
        pytest.param(
            '{"title": "A", "text": "a"}\n["B", "b"]\n7\n',
            [
                ("A", "a"),
                ("broken record", "line 2: not an object but list"),
                ("broken record", "line 3: not an object but int"),
            ],
            id="no objects",
        ),
        pytest.param(
            '{"title": "A", "text": "a"}\n' + "[" * 100_000 + "\n",
            [("A", "a"), ("broken record", "line 2: nested too deeply")],
            id="nested too deeply",
        ),
        pytest.param(
            '{"title": "A", "text": "a"}\n{"title": ' + "9" * 5_000 + ', "text": "b"}\n',
            [("A", "a"), ("broken record", "line 2: a number of thousands of digits")],
            id="a huge number",
        ),
        pytest.param(
            '{"title": "A", "title": "B", "text": "b"}', [("B", "b")], id="of a key twice, the last"
        ),
        pytest.param('{"title": 7, "text": "a"}', [("7", "a")], id="a number for a title"),
        pytest.param(
            '{"title": "A", "text": ["a"]}', [("not text", "the column holds list")], id="a list for a text"
        ),
        pytest.param('{"title": "A", "text": null}', [("empty", "")], id="no text"),
        pytest.param(
            '{"title": "\\ud83d\\ude00 \\ud83d", "text": "a"}', [("😀 \ufffd", "a")], id="half a character"
        ),
    ],
)
def test_json_is_read_line_by_line_or_item_by_item(
    tmp_path: Path, content: str, expected: list[tuple[str, str]]
) -> None:
    assert said(table(tmp_path / "a.jsonl", content)) == expected


@pytest.mark.parametrize("end", ["", '{"title": "C', '{"title": "C" "text"}]', "[" * 100_000])
def test_a_list_that_breaks_off_says_where(tmp_path: Path, end: str) -> None:
    items = '[{"title": "A", "text": "a"}, {"title": "B", "text": "b"},'
    with pytest.raises(StageError, match=r"a\.json is .* after item 2 of its list"):
        read(table(tmp_path / "a.json", items + end))


def test_a_long_list_is_read_piece_by_piece(tmp_path: Path) -> None:
    rows = [{"title": str(number), "text": "word " * 2_000} for number in range(400)]
    found = read(table(tmp_path / "a.json", json.dumps(rows, indent=1)))
    assert [each.title for each in found] == [row["title"] for row in rows]


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


@given(st.text(alphabet='tile,x"\n\r ;\0é\ud7ff{}[]:\\u', max_size=60) | st.binary(max_size=60).map(repr))
def test_no_text_breaks_the_csv_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    found = read(table(path, f"title,text\n{text}"))
    assert all(isinstance(each, Document | Dropped) for each in found)


@given(st.binary(max_size=80))
def test_no_bytes_break_the_json_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    found = read(table(path, b'{"title": "A", "text": "a"}\n' + data))
    assert isinstance(found[0], Document)


@given(st.lists(st.tuples(st.text(), st.text()).map(lambda row: [each.replace("\0", "") for each in row])))
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, written: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
        csv.writer(file).writerows([["title", "text"], *written])
    found = read(Source(kind="csv", path=str(path)))
    whole = [[each.encode(errors="replace").decode().strip() for each in row] for row in written]
    assert [each.title for each in found] == [title for title, _ in whole]
    assert [each.text for each in found if isinstance(each, Document)] == [text for _, text in whole if text]
