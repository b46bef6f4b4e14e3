"""Separated values: quotes that do not close, rows of another length, and any text at all."""

import csv
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import read, said, table
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.sections import Source


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


def test_a_byte_lost_in_a_row_costs_no_other_row(tmp_path: Path) -> None:
    content = "title,text\nA,äöüäöü and \xe9\nB,ß\n".encode().replace("\xe9".encode(), b"\xe9")
    assert said(table(tmp_path / "a.csv", content)) == [("A", "äöüäöü and é"), ("B", "ß")]


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


@given(st.text(alphabet='tile,x"\n\r ;\0é\ud7ff{}[]:\\u', max_size=60) | st.binary(max_size=60).map(repr))
def test_no_text_breaks_the_csv_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    found = read(table(path, f"title,text\n{text}"))
    assert all(isinstance(each, Document | Dropped) for each in found)


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
