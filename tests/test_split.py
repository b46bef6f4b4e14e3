import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.errors import StageError
from train.prepare.document import Document
from train.prepare.split import split
from train.sections import Split

SHARES = Split(validation=0.1, test=0.1)


def clusters(*sizes: int) -> list[list[Document]]:
    return [
        [Document(f"blog/{number}-{each}", "T", "", "", "blog") for each in range(size)]
        for number, size in enumerate(sizes)
    ]


def sizes(dealt: dict[str, list[Document]]) -> tuple[int, int, int]:
    return len(dealt["train"]), len(dealt["validation"]), len(dealt["test"])


@pytest.mark.parametrize(
    ("rows", "shares", "expected"),
    [
        (100, SHARES, (80, 10, 10)),
        (13, SHARES, (11, 1, 1)),
        (3, SHARES, (1, 1, 1)),
        (40, Split(validation=0.05, test=0.25), (28, 2, 10)),
        (10, Split(validation=0.0, test=0.1), (9, 0, 1)),
    ],
)
def test_the_shares_are_exact_and_nothing_asked_for_is_empty(
    rows: int, shares: Split, expected: tuple[int, int, int]
) -> None:
    assert sizes(split(clusters(*[1] * rows), shares)) == expected


@given(st.lists(st.integers(1, 9), min_size=3, max_size=30))
def test_a_cluster_never_straddles_and_nothing_is_lost(found: list[int]) -> None:
    dealt = split(clusters(*found), SHARES)
    homes = {(each.id.partition("-")[0], name) for name, documents in dealt.items() for each in documents}
    assert len(homes) == len(found)
    assert sum(sizes(dealt)) == sum(found)
    assert min(sizes(dealt)) >= 1


def test_the_order_of_reading_does_not_matter() -> None:
    found = clusters(1, 2, 1, 3, 1, 1, 1)
    assert split(found, SHARES) == split(found[::-1], SHARES)


@pytest.mark.parametrize("found", [clusters(1), clusters(1, 1), clusters(5, 5)])
def test_too_few_to_split_is_an_error_that_says_so(found: list[list[Document]]) -> None:
    with pytest.raises(StageError, match="leave none for"):
        split(found, SHARES)
