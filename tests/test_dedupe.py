import pytest

from train.prepare.dedupe import shingles, without_copies
from train.prepare.document import Document

WORDS = [f"word{number}" for number in range(200)]


def post(number: int, words: list[str]) -> Document:
    return Document(f"blog/{number}", f"T{number}", " ".join(words), "", "blog")


def edited(words: list[str], *places: int) -> list[str]:
    return [f"new{place}" if place in places else word for place, word in enumerate(words)]


def test_shingles_look_past_case_and_marks() -> None:
    assert shingles("One, two; THREE four-five six") == {"one two three four five", "two three four five six"}
    assert shingles("One two") == {"one two"}
    assert shingles("") == {""}


@pytest.mark.parametrize(
    ("second", "reason", "detail"),
    [
        pytest.param(WORDS, "duplicate", "100% of blog/0", id="the same words"),
        pytest.param([word.upper() for word in WORDS], "duplicate", "100% of blog/0", id="in capitals"),
        pytest.param(edited(WORDS, 20, 90), "near duplicate", "90% of blog/0", id="two words edited"),
    ],
)
def test_a_copy_is_dropped_and_names_the_first(second: list[str], reason: str, detail: str) -> None:
    found = without_copies([post(0, WORDS), post(1, second)])
    assert [(each.id, each.reason, each.detail) for each in found.dropped] == [("blog/1", reason, detail)]
    assert [[each.id for each in cluster] for cluster in found.clusters] == [["blog/0"]]


def test_texts_that_share_a_long_part_stay_in_one_cluster() -> None:
    half = [*WORDS[:150], *(f"other{number}" for number in range(50))]
    chained = [*half[50:], *(f"more{number}" for number in range(50))]
    other = [f"far{number}" for number in range(100)]
    found = without_copies([post(0, WORDS), post(1, other), post(2, half), post(3, chained)])
    assert [[each.id for each in cluster] for cluster in found.clusters] == [
        ["blog/0", "blog/2", "blog/3"],
        ["blog/1"],
    ]
    assert not found.dropped


def test_nothing_in_nothing_out() -> None:
    assert without_copies([]).clusters == ()
