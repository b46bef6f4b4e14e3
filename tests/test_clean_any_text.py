"""Cleaning texts that nobody would write: it never fails, keeps every word, and takes its time alone."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.posts import cleaned, post
from train.prepare.clean import clean
from train.prepare.words import count
from train.sections import Clean

PIECES = (
    *("Some words here", "Short Heading", "A line.", "Ärger 漢字 🎈", "x", " ", "  ", "    ", "\n", "\n\n"),
    *("\t", "# ", "## ", "#", "===", "---", "- ", "1. ", "> ", "| a | b |", "```", "~~~", "`", "``", "$$"),
    *("$", "_", "*", "\\(", "\\)", "\\[", "\\]", "\\_", "\\", "{% raw %}", "{% endraw %}", "{% comment %}"),
    *("{% endcomment %}", "{% highlight py %}", "{% endhighlight %}", "{%", "%}", "{{", "}}", "{{ x }}"),
    *("{{< fig >}}", "[code]", "[/code]", "{: .a}", "{:toc}", " {#id}", "{::comment}", "{:/}", "<!--"),
    *("-->", "<br>", "<div>", "</div>", "<p>", "</p>", "<em>", "</em>", "<a href='b'>", "</a>", "<pre>"),
    *("</pre>", "<sup>", "</sup>", "<X a='b'/>", "<ul><li>", "</ul>", "![a](b)", "[a](", ")", "[a]: b"),
    *("[a]: b.c", "[^1]", "[^1]: ", "*[A]: b", "[[a]]", "[caption id='x']", "[TOC]", "\0", "\ufeff"),
    *("\u00a0", "\r", "\r\n", "\u2028", "\ud800", "â€™", "Ã©", "&amp;", "&lt;b&gt;", "&#42;", "&nbsp;"),
    *("The Title", "the title", "https://a.example/b", "@ann", "#tag", "Photo by Ann", ".a {b: c}"),
    "import 'a';",
)
dirty = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map("".join)
words = st.text(alphabet="abcdefghij ABC,.;!?'éß漢", min_size=1, max_size=300)
wishes = st.builds(
    Clean,
    heading=st.booleans(),
    urls=st.sampled_from(["keep", "drop"]),
    mentions=st.sampled_from(["keep", "drop"]),
    hashtags=st.sampled_from(["keep", "drop"]),
    case=st.sampled_from(["keep", "lower"]),
)


@settings(max_examples=300, deadline=None)
@given(dirty, dirty, wishes)
def test_cleaning_never_fails_and_cleaning_twice_changes_nothing_more(
    title: str, text: str, wish: Clean
) -> None:
    document, _ = clean(post(text, title), wish)
    again, _ = clean(document, wish)
    assert again == document
    document.text.encode()
    assert len(document.text) <= 2 * (len(title) + len(text)) + 100, "it does not grow beyond its marks"


@settings(max_examples=200, deadline=None)
@given(st.lists(words, max_size=6))
def test_every_word_of_plain_prose_is_kept(paragraphs: list[str]) -> None:
    text = "\n\n".join(["It began.", *(f"a{each}" for each in paragraphs)])
    assert re.findall(r"\w+", cleaned(text)) == re.findall(r"\w+", text)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab {}%<>&;[]()!_*#\\'\"=|-.:/\n", max_size=200).map(str.strip))
def test_code_is_untouched(code: str) -> None:
    block = f"````py\n{code}\n````"
    assert block in cleaned(
        f"It began so.\n\n{block}\n\nIt ended so.", wish=Clean(urls="drop", mentions="drop")
    )


HOSTILE = (
    *("[", "{", "<", "`", "*", "> ", "_", "{{ ", "{% ", "<a ", "<div>", "[a](", "![a](", "$$ ", "\\[ "),
    *("<!-- ", "[^1]", "- a\n", "&amp;", "&lt;a", "\\_", "[[a", "{:", "=\n", "```\n", "\n```\n\na\n"),
    *("<b>", "<table>", "<sup>", "~~~\n"),
)


@pytest.mark.slow
@pytest.mark.parametrize("mark", HOSTILE)
def test_ten_times_the_text_takes_about_ten_times_the_work(mark: str) -> None:
    """Counted in calls, not in seconds: a slow machine is no bug."""
    small, large = (_calls(mark * (size // len(mark))) for size in (5_000, 50_000))
    assert large < 15 * small + 5_000


def _calls(text: str) -> int:
    import cProfile

    profile = cProfile.Profile()
    profile.runcall(clean, post(text), Clean(urls="drop"))
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.slow
def test_a_text_of_a_megabyte_is_cleaned() -> None:
    text = "\n\n".join(f"Line {number} of a very long log, nothing more." for number in range(22_000))
    assert count(cleaned(text)) == count(text)
