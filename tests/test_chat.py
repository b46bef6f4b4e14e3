"""Conversations become answers, from a folder and from the Hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.errors import StageError
from train.prepare import sources
from train.prepare.document import Document, Dropped
from train.sections import Source

if TYPE_CHECKING:
    from tests.hub_fixtures import Client
    from train.rehearse.hub.process import LocalHub

pytest_plugins = ["tests.hub_fixtures"]


def turn(role: object, content: object) -> dict[str, object]:
    return {"role": role, "content": content}


def talk(number: int, *turns: object) -> dict[str, object]:
    return {"prompt": "unread", "prompt_id": f"p{number}", "messages": list(turns)}


ROWING = talk(
    1,
    turn("user", "How do I learn to row?\nI am sixty."),
    turn("assistant", "Find a club first."),
    turn("user", "And then?"),
    turn("assistant", "Row every week.\n\nDon't hurry."),
)


def source_of(path: Path, *rows: object) -> Source:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return Source(kind="chat", path=str(path))


def read(source: Source) -> list[Document | Dropped]:
    (pinned,) = sources.pin((source,))
    return list(sources.read(pinned))


def test_each_answer_is_a_document_and_no_question_is(tmp_path: Path) -> None:
    assert read(source_of(tmp_path / "talks.jsonl", ROWING)) == [
        Document(
            "talks/p1/1",
            "How do I learn to row?",
            "Find a club first.",
            "p1/1",
            "talks",
            kind="answer",
            license="unknown",
        ),
        Document(
            "talks/p1/3",
            "And then?",
            "Row every week.\n\nDon't hurry.",
            "p1/3",
            "talks",
            kind="answer",
            license="unknown",
        ),
    ]


def test_the_answers_to_what_was_asked_twice_have_ids_of_their_own(tmp_path: Path) -> None:
    other = talk(1, turn("user", "How do I learn to row?"), turn("assistant", "Buy a boat."))
    found = read(source_of(tmp_path / "talks.jsonl", ROWING, other, other))
    assert [each.id for each in found] == ["talks/p1/1", "talks/p1/3", "talks/p1-2/1", "talks/p1-3/1"]


@pytest.mark.parametrize(
    ("messages", "reason", "detail"),
    [
        (None, "no answer", "no list of messages"),
        ([], "no answer", "no list of messages"),
        ("hello", "no answer", "no list of messages"),
        ([turn("user", "Anyone?")], "no answer", "roles: 'user'"),
        ([turn("user", "Anyone?"), turn("oracle", "Yes.")], "no answer", "roles: 'user', 'oracle'"),
        ([turn(None, "Yes.")], "no answer", "roles: ''"),
        ([None, 7, "assistant"], "no answer", "roles: '', '', ''"),
        ([turn("assistant", None)], "empty", ""),
        ([turn("assistant", " \n")], "empty", ""),
        ([turn("assistant", [{"type": "text", "text": "Yes."}])], "not text", "the content is list"),
    ],
)
def test_a_talk_without_an_answer_says_why(
    tmp_path: Path, messages: object, reason: str, detail: str
) -> None:
    row = {"prompt_id": "p0", "messages": messages}
    first, *others = read(source_of(tmp_path / "talks.jsonl", row, ROWING))
    assert isinstance(first, Dropped)
    assert (first.reason, first.detail) == (reason, detail)
    assert len(others) == 2


def test_a_long_question_is_cut_at_a_word(tmp_path: Path) -> None:
    row = talk(1, turn("user", "word " * 100), turn("assistant", "Yes."))
    (found,) = read(source_of(tmp_path / "talks.jsonl", row))
    assert len(found.title) <= 200
    assert found.title.endswith("word…")


def test_a_talk_without_a_number_takes_its_line(tmp_path: Path) -> None:
    (found,) = read(source_of(tmp_path / "talks.jsonl", {"messages": [turn("assistant", "Yes.")]}))
    assert (found.id, found.title) == ("talks/1/0", "")


def test_a_folder_of_parquet_is_read_like_lines(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist([ROWING]), tmp_path / "train.parquet")
    (lines,) = sources.pin((source_of(tmp_path.parent / f"{tmp_path.name}.jsonl", ROWING),))
    (folder,) = sources.pin((Source(kind="chat", path=str(tmp_path)),))
    texts = [
        [each.text for each in sources.read(source) if isinstance(each, Document)]
        for source in (lines, folder)
    ]
    assert texts[0] == texts[1] != []


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"messages": "mesages"}, r"no column 'mesages'. Did you mean messages\?"),
        ({"text": "messages"}, "unknown field 'text'"),
    ],
)
def test_a_column_that_is_not_there_is_refused(
    tmp_path: Path, columns: dict[str, str], complaint: str
) -> None:
    source = source_of(tmp_path / "talks.jsonl", ROWING)
    with pytest.raises(StageError, match=complaint):
        read(Source(kind="chat", path=source.path, columns=columns))


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["assistant", "user"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "messages"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(json_values)
def test_no_messages_break_the_reader(tmp_path_factory: pytest.TempPathFactory, messages: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "talks.jsonl"
    *_, second, last = read(source_of(path, {"prompt_id": "p0", "messages": messages}, ROWING))
    assert isinstance(second, Document)
    assert isinstance(last, Document)


def push_and_read(repo: str, rows: list[dict[str, object]], limit: int) -> list[list[str]]:
    from datasets import Dataset

    Dataset.from_list(rows).push_to_hub(repo, split="train_sft")
    asked = Source(kind="chat", path=repo, split="train_sft")
    found = []
    for source in (asked, Source(kind="chat", path=repo, split="train_sft", limit=limit)):
        (pinned,) = sources.pin((source,))
        found.append([each.id for each in sources.read(pinned)])
    return found


def test_talks_are_read_from_the_hub_no_further_than_the_limit(hub: LocalHub, client: Client) -> None:
    rows = [talk(number, turn("user", "Hm?"), turn("assistant", f"Answer {number}.")) for number in range(50)]
    every, some = client.run(push_and_read, "rehearsal/talks", rows, 3)
    assert every == [f"rehearsal/talks/p{number}/1" for number in range(50)]
    assert some == every[:3]
