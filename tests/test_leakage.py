from collections.abc import Iterable

import numpy
import pytest

from train.errors import StageError
from train.prepare.copies import leakage
from train.prepare.copies.leakage import RUN, without_leaks
from train.prepare.copies.sketch import Words
from train.prepare.report import Leakage

TEXT = 400  # words
LIMIT = 0.005


def text(number: int, shared: int = 0) -> Words:
    """Words of its own, the first so many those that all texts begin with."""
    words = numpy.arange(TEXT, dtype=numpy.uint32) + numpy.uint32(TEXT * (number + 1))
    words[:shared] = numpy.arange(shared)
    return words


def dealt(*shared: int) -> tuple[dict[int, str], dict[int, Words]]:
    """Four texts to learn from, one of them with the shared words, and two splits of held-out ones."""
    names = ["train"] * 4 + ["validation", "test"] * (len(shared) // 2)
    texts = [text(0, 100), *(text(number) for number in range(1, 4))]
    texts += [text(number, many) for number, many in enumerate(shared, 4)]
    return dict(enumerate(names)), dict(enumerate(texts))


def asked(
    homes: dict[int, str], texts: dict[int, Words], clusters: dict[int, int] | None = None, words: int = 1000
) -> tuple[dict[int, str], Leakage]:
    def read() -> Iterable[tuple[int, Words]]:
        return texts.items()

    return without_leaks(homes, clusters or {place: place for place in homes}, read, words, LIMIT)


def test_texts_that_share_nothing_stay_where_they_are() -> None:
    homes, texts = dealt(0, 0, 0, 0)
    final, found = asked(homes, texts)
    assert final == homes
    assert (found.runs, found.found, found.moved) == (4 * (TEXT - RUN + 1), 0, 0)


def test_a_little_that_is_shared_is_counted_and_stays() -> None:
    homes, texts = dealt(RUN + 2, 0, 0, 0)
    final, found = asked(homes, texts)
    assert final == homes
    assert found.found == 3


def test_who_shares_most_goes_to_training_until_the_rest_keeps_to_the_limit() -> None:
    homes, texts = dealt(RUN + 1, 100, 0, 60, 0, 0)
    final, found = asked(homes, texts)
    assert {place for place in homes if final[place] != homes[place]} == {5, 7}
    assert found.moved == 2
    assert 0 < found.share <= LIMIT


def test_a_cluster_goes_whole() -> None:
    homes, texts = dealt(100, 0, 0, 0, 0, 0)
    final, found = asked(homes, texts, {**{place: place for place in homes}, 6: 4})
    assert [final[4], final[6]] == ["train", "train"]
    assert found.moved == 2


def test_what_goes_to_training_counts_as_training() -> None:
    homes, texts = dealt(100, 0, 0, 0, 0, 0)
    texts[6][200:300] = texts[4][200:300]
    final, _ = asked(homes, texts)
    assert [final[4], final[6]] == ["train", "train"]


def test_a_split_is_never_emptied() -> None:
    homes, texts = dealt(100, 0)
    with pytest.raises(StageError, match="held out for validation"):
        asked(homes, texts)


def test_a_large_corpus_is_sampled_by_the_runs_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    homes, texts = dealt(0, 0, *[100] * 2)
    monkeypatch.setattr(leakage, "EXACT", 500)
    final, found = asked(homes, texts, words=2_000)
    assert [final[6], final[7]] == ["train", "train"]
    assert 0 < found.runs < 2 * (TEXT - RUN + 1) / 2
    assert found.found == 0


def test_texts_too_short_for_a_run_share_none() -> None:
    homes = {0: "train", 1: "test"}
    assert asked(homes, dict.fromkeys(homes, text(0)[:5]))[1] == Leakage(0, 0, 0)
