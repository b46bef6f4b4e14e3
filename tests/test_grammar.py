import re
from pathlib import Path
from random import Random

import pytest

from train.evaluate.metrics.repetition import repeated_4_grams
from train.prepare.outline import outline
from train.prepare.words import count
from train.rehearse import corpora
from train.rehearse.grammar import (
    LONG,
    SHORT,
    Subject,
    corpus,
    grammar,
    subjects,
    write_page,
    write_post,
    write_prose,
)
from train.run import digests


def posts(limit: int, number: int) -> list[str]:
    rng = Random("test")
    return [f"# {each.title}\n\n{write_post(each, limit, rng)}" for each in subjects()[:number]]


def test_the_same_seed_gives_the_same_corpus() -> None:
    assert list(corpus("one", 50)) == list(corpus("one", 50))
    assert list(corpus("one", 50)) != list(corpus("two", 50))


def test_every_subject_is_its_own_title() -> None:
    assert len({each.title for each in subjects()}) == len(subjects())


@pytest.mark.parametrize("limit", [SHORT, LONG])
def test_a_post_keeps_its_word_limit(limit: int) -> None:
    assert [text for text in posts(limit, 200) if count(text) > limit] == []


@pytest.mark.parametrize("limit", [SHORT, LONG])
def test_a_post_is_not_far_below_its_limit(limit: int) -> None:
    assert [text for text in posts(limit, 200) if count(text) < 0.6 * limit] == []


def test_no_post_says_the_same_twice() -> None:
    assert [text for text in posts(LONG, 200) if repeated_4_grams(text) > 0.1] == []


def test_a_posts_sections_come_in_the_order_of_the_grammar() -> None:
    places = {
        heading: place for place, section in enumerate(grammar().sections) for heading in section.headings
    }
    for text in posts(LONG, 200):
        order = [places[each.heading] for each in outline(text).sections[:-1]]
        assert order == sorted(order)


@pytest.mark.parametrize(
    ("title", "theme"),
    [
        pytest.param("How to care for iron pans", "How to care", id="a preposition goes with the topic"),
        pytest.param("How to choose iron pans", "How to choose", id="a verb stays"),
    ],
)
def test_a_theme_is_a_title_without_its_topic(title: str, theme: str) -> None:
    assert Subject(title, "iron pans", "kitchen").theme == theme


def test_prose_has_no_headings_and_as_many_paragraphs_as_asked() -> None:
    for subject in subjects()[:100]:
        text = write_prose(subject, 2, 1, Random("prose"))
        assert len(text.split("\n\n")) == 4
        assert not outline(text).titles
        assert not outline(text).sections


def test_a_page_of_the_diary_names_its_topic() -> None:
    pages = [(each, write_page(each, 3, Random("diary"))) for each in subjects()[:100]]
    assert [page for each, page in pages if each.topic not in page] == []


@pytest.mark.parametrize("limit", [SHORT, LONG])
def test_a_post_has_an_introduction_sections_and_a_last_one_that_concludes(limit: int) -> None:
    for text in posts(limit, 200):
        post = outline(text)
        *sections, last = [each.heading for each in post.sections]
        assert post.introduction > 0
        assert len(set(sections)) >= 2, text
        assert last == "Conclusion"
        assert all(each.words > 0 for each in post.sections), text
        assert "{" not in text, "a slot was left open"


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "blog"
    corpora.write_blog(folder)
    return folder


def test_the_blog_is_written_with_the_same_bytes_every_time(blog: Path, tmp_path: Path) -> None:
    corpora.write_blog(tmp_path / "again")
    assert digests(tmp_path / "again") == digests(blog)


def test_the_blog_holds_the_hand_written_posts_beside_those_of_the_grammar(blog: Path) -> None:
    by_hand, written = digests(corpora.HERE / "blog"), digests(blog)
    assert by_hand.items() <= written.items()
    assert len(written) == len(by_hand) + corpora.POSTS


def test_new_titles_are_on_no_post_of_the_blog(blog: Path) -> None:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in (blog / "_posts").iterdir()]
    taken = {title for text in texts for title in re.findall(r"^title: (.*)$", text, re.MULTILINE)}
    assert len(taken) > corpora.POSTS
    assert len(set(corpora.new_titles(20)) - taken) == 20
