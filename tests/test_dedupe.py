from collections.abc import Callable, Sequence
from pathlib import Path

import numpy
import pytest

from tests.shards import post, shards_of
from train.prepare.copies.likeness import CANDIDATES, Pieces, compare
from train.prepare.document import Document
from train.prepare.engine.corpus import Corpus, corpus

WORDS = [f"word{number}" for number in range(200)]
Found = Callable[..., Corpus]


@pytest.fixture
def found(tmp_path: Path) -> Found:
    def over(*chunks: Sequence[Document]) -> Corpus:
        return corpus(shards_of(tmp_path, *chunks), lambda document: None if document.text else "empty")

    return over


def spoken(words: Sequence[str]) -> str:
    """A text of many short paragraphs, so that only whole texts can be copies."""
    return "\n\n".join(" ".join(words[at : at + 10]) for at in range(0, len(words), 10))


def edited(words: list[str], *places: int) -> list[str]:
    return [f"new{place}" if place in places else word for place, word in enumerate(words)]


def kept(result: Corpus) -> dict[str, str]:
    return {document.id: document.text for _, document in result.documents()}


def clusters(result: Corpus) -> list[list[str]]:
    return [[member.id for member in group] for group in result.groups()]


@pytest.mark.parametrize(
    ("second", "reason", "detail"),
    [
        pytest.param(WORDS, "duplicate", "100% of blog/000", id="the same words"),
        pytest.param([word.upper() for word in WORDS], "duplicate", "100% of blog/000", id="in capitals"),
        pytest.param(edited(WORDS, 20, 90), "near duplicate", "90% of blog/000", id="two words edited"),
    ],
)
@pytest.mark.parametrize("apart", [True, False], ids=["in two chunks", "in one chunk"])
def test_a_copy_is_dropped_and_names_the_first(
    found: Found, second: list[str], reason: str, detail: str, apart: bool
) -> None:
    one, other = post(0, spoken(WORDS)), post(1, spoken(second))
    result = found([one], [other]) if apart else found([one, other])
    assert [(each.id, each.reason, each.detail) for each in result.dropped] == [("blog/001", reason, detail)]
    assert clusters(result) == [["blog/000"]]


def test_a_copy_of_a_private_text_does_not_name_it(found: Found) -> None:
    result = found([post(0, spoken(WORDS), private=True), post(1, spoken(WORDS))])
    assert [each.detail for each in result.dropped] == ["100% of a private text"]


def test_a_private_copy_is_dropped_without_its_title(found: Found) -> None:
    result = found([post(0, spoken(WORDS)), post(1, spoken(WORDS), private=True)])
    assert [each.title for each in result.dropped] == [""]


def test_copies_of_a_near_copy_name_the_first_of_all(found: Found) -> None:
    near = spoken(edited(WORDS, 20, 90))
    result = found([post(0, spoken(WORDS)), post(1, near)], [post(2, near)])
    assert [each.detail for each in result.dropped] == ["90% of blog/000", "90% of blog/000"]


def test_texts_that_share_a_long_part_stay_in_one_cluster(found: Found) -> None:
    half = [*WORDS[:150], *(f"other{number}" for number in range(50))]
    chained = [*half[50:], *(f"more{number}" for number in range(50))]
    other = [f"far{number}" for number in range(100)]
    result = found([post(place, spoken(each)) for place, each in enumerate((WORDS, other, half, chained))])
    assert clusters(result) == [["blog/000", "blog/002", "blog/003"], ["blog/001"]]
    assert not result.dropped


def test_a_language_without_spaces_is_compared_too(found: Found) -> None:
    text = "我每天早上五点起床然后去河边散步因为那时候城市很安静"
    result = found([post(0, text), post(1, f"{text}。")])
    assert [each.reason for each in result.dropped] == ["duplicate"]


LONG = "Every Friday I write a letter with five things that were worth my time this week."
NEAR = LONG.replace("Friday", "Monday") + " It is free and it will stay so for as long as I can do it."
FIRST = LONG + " It is free and it will stay so for as long as I can do it."
LOOP = "for each in range(13):\n\n    print(each, 'is one of 13 numbers and there are no more than that')"
CODE = f"```py\n{LOOP}\n```"


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        pytest.param(LONG, LONG, "", id="equal"),
        pytest.param(f"> {LONG}", f"**{LONG.upper()}**", "", id="equal but for case and marks"),
        pytest.param(FIRST, NEAR, "", id="near"),
        pytest.param(CODE, CODE, "", id="code goes whole"),
        pytest.param("Thanks for reading.", "Thanks for reading.", "Thanks for reading.\n\n", id="short"),
    ],
)
def test_a_paragraph_that_an_earlier_text_has_is_taken_out(
    found: Found, first: str, second: str, left: str
) -> None:
    own = [" ".join(f"own{number}x{each}" for each in range(40)) for number in range(2)]
    texts = [f"{own[number]}\n\n{said}\n\nThe end." for number, said in enumerate((first, second))]
    result = found([post(0, texts[0])], [post(1, texts[1])])
    assert kept(result) == {"blog/000": texts[0], "blog/001": f"{own[1]}\n\n{left}The end."}
    assert result.repeated.exact + result.repeated.near == (0 if left else 1)
    assert [row.count for row in result.kept()][1] == len(kept(result)["blog/001"].split())


def test_what_a_text_says_twice_itself_stays(found: Found) -> None:
    text = f"{LONG}\n\nA verse between.\n\n{LONG}"
    assert kept(found([post(0, text)])) == {"blog/000": text}


def test_a_text_of_which_nothing_is_left_is_mostly_repeated(found: Found) -> None:
    result = found([post(0, f"{LONG}\n\n{FIRST}"), post(1, LONG)])
    assert [(each.id, each.reason) for each in result.dropped] == [("blog/001", "mostly repeated")]
    assert list(kept(result)) == ["blog/000"]


def test_what_only_an_emptied_text_had_before_stays_where_it_is_next(found: Found, tmp_path: Path) -> None:
    only = "Nobody else has this sentence but the one who took it over word for word."
    texts = [LONG, f"{LONG}\n\n{only}", " ".join(f"own{each}" for each in range(20)) + f"\n\n{only}"]
    shards = shards_of(tmp_path, [post(place, text) for place, text in enumerate(texts)])
    result = corpus(shards, lambda document: "too short" if len(document.text.split()) < 17 else None)
    assert kept(result) == {"blog/000": texts[0], "blog/002": texts[2]}


def test_sentences_of_pairs_are_no_paragraphs(found: Found) -> None:
    result = found([post(0, LONG, formal="One."), post(1, f"{LONG} Well, not all.", formal="Two.")])
    assert len(kept(result)) + len(result.dropped) == 2
    assert result.repeated.numbers == {}


def test_words_left_are_the_words_of_the_texts_left(found: Found, tmp_path: Path) -> None:
    texts = [f"First {LONG}\n\nAnd more.", f"# Title\n\n{FIRST}\n\nOwn words here.", f"{FIRST}\n\nThe end."]
    result = found([post(place, text) for place, text in enumerate(texts)])
    left = [list(numbers) for _, numbers in result.words()]
    again = shards_of(tmp_path / "again", [document for _, document in result.documents()])
    assert left == [list(numbers) for _, numbers in corpus(again, lambda _: None).words()]


def test_nothing_in_nothing_out(found: Found) -> None:
    assert found([]).groups() == []


def test_a_large_family_of_like_texts_is_compared_few_times() -> None:
    asked = []
    members, bands = 3_000, 8
    rng = numpy.random.default_rng(3)

    def shingles(place: int) -> numpy.ndarray[tuple[int], numpy.dtype[numpy.uint64]]:
        asked.append(place)
        own = numpy.arange(30, dtype=numpy.uint64) + numpy.uint64(1000 * place)
        return numpy.unique(numpy.concatenate([numpy.arange(100, 170, dtype=numpy.uint64), own]))

    each_band = [rng.integers(0, 5, members).astype(numpy.uint64) for _ in range(bands)]
    keys = numpy.arange(members, dtype=numpy.uint64)
    result = compare(Pieces(keys, each_band, shingles), same=0.8, alike=0.5)
    assert len(asked) <= members * (CANDIDATES + 1)
    assert {later for _, later in result.alike} == set(range(1, members))
