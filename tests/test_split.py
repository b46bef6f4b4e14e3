import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.errors import StageError
from train.prepare.split import SPLITS, Member, split
from train.sections import Split

SHARES = Split(validation=0.1, test=0.1)
DATED = Split(validation=0.1, test=0.1, by="date")


def clusters(*sizes: int) -> list[list[Member]]:
    return [
        [Member(100 * number + each, f"blog/{number}-{each}") for each in range(size)]
        for number, size in enumerate(sizes)
    ]


def dated(*dates: str) -> list[list[Member]]:
    return [[Member(place, f"blog/{place}", date)] for place, date in enumerate(dates)]


def sizes(homes: dict[int, str]) -> tuple[int, ...]:
    return tuple(list(homes.values()).count(name) for name in SPLITS)


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
    homes = split(clusters(*found), SHARES)
    assert len({(place // 100, name) for place, name in homes.items()}) == len(found)
    assert sum(sizes(homes)) == sum(found)
    assert min(sizes(homes)) >= 1


def test_the_order_of_reading_does_not_matter() -> None:
    found = clusters(1, 2, 1, 3, 1, 1, 1)
    assert split(found, SHARES) == split(found[::-1], SHARES)


def test_by_date_the_newest_are_held_out_and_the_undated_never() -> None:
    found = dated(*(f"2020-01-{day:02}" for day in range(1, 9)), "", "")
    homes = split(found, DATED)
    assert (homes[7], homes[6], homes[5]) == ("test", "validation", "train")
    assert (homes[8], homes[9]) == ("train", "train")


def test_by_date_a_cluster_is_as_old_as_its_oldest_text() -> None:
    found = [*dated(*(f"2020-01-{day:02}" for day in range(1, 10)))]
    found.append([Member(90, "blog/90", "2021-01-01"), Member(91, "blog/91", "2019-01-01")])
    assert {split(found, DATED)[place] for place in (90, 91)} == {"train"}


@pytest.mark.parametrize("shares", [SHARES, DATED])
def test_private_texts_and_those_like_them_are_never_held_out(shares: Split) -> None:
    found = [[Member(place, f"blog/{place}", f"2021-01-{place + 1:02}", private=True)] for place in range(9)]
    found += [[Member(place, f"blog/{place}", "2020-01-01")] for place in range(10, 15)]
    found.append([Member(20, "blog/20", "2022-01-01"), Member(21, "blog/21", "2022-01-01", private=True)])
    homes = split(found, shares)
    assert {homes[place] for place in (*range(9), 20, 21)} == {"train"}
    assert sizes(homes) == (12, 2, 2)


@pytest.mark.parametrize("found", [clusters(1), clusters(1, 1), clusters(5, 5)])
def test_too_few_to_split_is_an_error_that_says_so(found: list[list[Member]]) -> None:
    with pytest.raises(StageError, match="leave none for"):
        split(found, SHARES)


def test_without_dates_a_split_by_date_says_what_is_missing() -> None:
    with pytest.raises(StageError, match="leave none for") as caught:
        split(clusters(*[1] * 10), DATED)
    assert "dated" in caught.value.fix
