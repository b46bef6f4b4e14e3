"""Tables of JSON: lines, lists, and any bytes at all."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tables import read, said, table
from train.errors import StageError
from train.prepare.document import Document


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


@given(st.binary(max_size=80))
def test_no_bytes_break_the_json_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    found = read(table(path, b'{"title": "A", "text": "a"}\n' + data))
    assert isinstance(found[0], Document)
