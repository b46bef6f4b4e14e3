import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prepare.sources import front_matter, titles
from train.prepare.sources.dates import day_of
from train.prepare.sources.decode import DecodeError, decode
from train.prepare.sources.front_matter import FrontMatter, FrontMatterError

A = FrontMatter(title="A")
NONE = FrontMatter()


@pytest.mark.parametrize(
    ("text", "expected", "body"),
    [
        pytest.param("---\ntitle: A\n---\nb", A, "b", id="dashes close it"),
        pytest.param("---\ntitle: A\n...\nb", A, "b", id="dots close it"),
        pytest.param("---  \ntitle: A\n---  \nb", A, "b", id="blanks may follow"),
        pytest.param("\n---\ntitle: A\n---\nb", A, "b", id="an empty line may stand before"),
        pytest.param("---\ntitle: A\n---\n\n    code", A, "    code", id="what is indented stays so"),
        pytest.param("---\n---\nb", NONE, "b", id="empty"),
        pytest.param("b\n---\n", NONE, "b\n---\n", id="none"),
        pytest.param("-----\nb", NONE, "-----\nb", id="a rule is none"),
        pytest.param("---\nProse here.\n---\nb", NONE, "---\nProse here.\n---\nb", id="nor are two rules"),
        pytest.param("{% include a %}\nb", NONE, "{% include a %}\nb", id="Liquid is no JSON"),
        pytest.param("+++\ntitle = 'A'\n+++\nb", A, "b", id="TOML"),
        pytest.param('{\n"title": "A"\n}\nb', A, "\nb", id="JSON"),
        pytest.param("#+TITLE: A\n#+TAGS: x\n\n* b", A, "\n* b", id="Org"),
        pytest.param("---\nTitle: A\n---\nb", A, "b", id="capital letters are no other key"),
    ],
)
def test_a_head_is_parted_from_its_body(text: str, expected: FrontMatter, body: str) -> None:
    head, raw, rest = front_matter.split(text)
    assert (head, rest) == (expected, body)
    assert raw + rest == text, "head and body are the file's lines"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("title: no", FrontMatter(title="no"), id="a title is text whatever it says"),
        pytest.param("title: 2014-02-30", FrontMatter(title="2014-02-30"), id="even no such day"),
        pytest.param("title: [a, b]", NONE, id="a list is no title"),
        pytest.param("title:", NONE, id="nothing is no title"),
        pytest.param("title: ~", NONE, id="null is nothing"),
        pytest.param("title: >\n  two\n  lines", FrontMatter(title="two lines"), id="a folded title"),
        pytest.param("published: false", FrontMatter(published=False), id="unpublished"),
        pytest.param("published: no", FrontMatter(published=False), id="unpublished in another word"),
        pytest.param("published: 'false'", FrontMatter(published=True), id="the word false is not false"),
        pytest.param("published: false  # not yet", FrontMatter(published=False), id="and why"),
        pytest.param("_build: {render: never}", FrontMatter(published=False), id="a part of other pages"),
        pytest.param("build: {list: never}", NONE, id="a page that no list shows"),
        pytest.param("draft: true", FrontMatter(draft=True), id="a draft"),
        pytest.param("date: 2020-02-30", FrontMatter(date="2020-02-30"), id="a day is text too"),
        pytest.param("author: {name: Ada, email: a@example.org}", FrontMatter(author="Ada"), id="a person"),
        pytest.param("authors: [Ada, {name: Bo}]", FrontMatter(author="Ada, Bo"), id="people"),
        pytest.param("lang: fr", FrontMatter(language="fr"), id="a language"),
        pytest.param("redirect_to: /b", FrontMatter(redirects=True), id="redirect"),
        pytest.param("redirect_from: /b", NONE, id="no redirect"),
        pytest.param("comments: [{by: Bo, mail: b@example.org, text: Hi}]", NONE, id="readers' comments"),
    ],
)
def test_only_what_is_allowed_is_read(line: str, expected: FrontMatter) -> None:
    assert front_matter.split(f"---\n{line}\n---\n")[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: a: b\n---\n", FrontMatter(title="a: b")),
        ("---\ntitle: @home\npublished: false\n---\n", FrontMatter(title="@home", published=False)),
        ("---\ntags:\n\t- x\ntitle: 'A'\ndate: 2020-01-02\n---\n", FrontMatter(title="A", date="2020-01-02")),
        (
            "---\ntitle: a: b\npublished: false  # not yet\n---\n",
            FrontMatter(title="a: b", published=False),
        ),
        ("+++\ntitle = A\ndraft = true\n+++\n", FrontMatter(title="A", draft=True)),
        ("---\ntitle: A\nx: " + "[" * 200_000 + "\n---\n", A),
        ("---\ntitle: A\n" + "x: y\n" * 300_000 + "---\n", A),
    ],
)
def test_of_a_broken_head_the_legible_lines_are_read(text: str, expected: FrontMatter) -> None:
    assert front_matter.split(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\nx: a: b\n---\n", "line 1: mapping values are not allowed"),
        ("---\ntitle: A\n\nb", "never closed"),
        ("+++\ntitle = 'A'\n\nb", "never closed"),
        ("---\n" + "[" * 200_000 + "\n---\n", "nested too deeply"),
        ("---\nx: \a\n---\n", "characters YAML forbids"),
        ('{"title": "A", }\nb', "JSON"),
        ('{"title": ' + "[" * 200_000, "JSON"),
    ],
)
def test_broken_front_matter_says_why(text: str, why: str) -> None:
    with pytest.raises(FrontMatterError, match=why):
        front_matter.split(text)


def test_aliases_of_aliases_do_not_grow() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefghijk", "bcdefghijkl", strict=True)
    )
    started = time.process_time()
    assert front_matter.split(f"---\n{bomb}author: *l\ntitle: A\n---\n")[0].title == "A"
    assert time.process_time() - started < 2


@given(st.text(alphabet="-.:ab \n[]{}!&*'\"#|>%@`,?\t+=", max_size=60), st.sampled_from(["---", "+++", "{"]))
def test_any_head_is_read_or_refused_and_never_lost(head: str, mark: str) -> None:
    text = f"{mark}\n{head}\n{mark}\nb"
    with suppress(FrontMatterError):
        _, raw, body = front_matter.split(text)
        assert raw + body == text


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(FrontMatterError):
        _, raw, body = front_matter.split(text)
        assert raw + body == text


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        pytest.param("Café".encode(), "utf-8", "Café", id="UTF-8"),
        pytest.param("\ufeffCafé".encode(), "utf-8", "Café", id="its mark goes"),
        pytest.param("Café".encode("utf-16"), "utf-8", "Café", id="UTF-16"),
        pytest.param("Café".encode("utf-16-be"), "utf-8", "Café", id="UTF-16 without a mark"),
        pytest.param("Café".encode("utf-32"), "utf-8", "Café", id="UTF-32"),
        pytest.param("Café".encode("utf-32-le"), "utf-8", "Café", id="UTF-32 without a mark"),
        pytest.param("Im Café".encode("latin-1"), "utf-8", "Im Café", id="the old Western alphabet"),
        pytest.param("Привет, друзья".encode("koi8-r"), "koi8-r", "Привет, друзья", id="what the site says"),
        pytest.param("Café".encode(), "shift_jis", "Café", id="unless it is UTF-8 all the same"),
        pytest.param("“Café”".encode("cp1252"), "latin-1", "“Café”", id="Latin-1 is Windows' in truth"),
        pytest.param("Café".encode("cp1252"), "no-such", "Café", id="an encoding nobody knows"),
        pytest.param(
            "今天天气很好 我们去公园散步".encode("gbk"),
            "utf-8",
            "今天天气很好 我们去公园散步",
            id="a guess",
        ),
        pytest.param(
            "Größe, Maß, Öl, ".encode() + b"caf\xe9", "utf-8", "Größe, Maß, Öl, café", id="a pasted byte"
        ),
        pytest.param(b"a\r\nb\rc", "utf-8", "a\nb\nc", id="line ends"),
        pytest.param(b"", "utf-8", "", id="nothing"),
    ],
)
def test_bytes_become_text(data: bytes, encoding: str, text: str) -> None:
    assert decode(data, encoding) == text


@pytest.mark.parametrize(
    "data", [b"a\0b", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(1, 32)) * 9, b"\xff\xfea"]
)
def test_what_is_no_text_says_so(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(data)
    assert caught.value.reason == "not text"


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "latin-1", "euc-jp", "utf-16", "idna", "hex", "x"]))
def test_any_bytes_are_text_or_refused(data: bytes, encoding: str) -> None:
    with suppress(DecodeError):
        text = decode(data, encoding)
        assert len(text) <= len(data)
        assert "\0" not in text
        assert text.encode().decode() == text


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=100))
def test_utf_8_stays_as_it_is(text: str) -> None:
    assert decode(text.encode(), "latin-1") == text.lstrip("\ufeff")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-01-02", "2020-01-02"),
        ("2020-1-2 23:59:00 -0800", "2020-01-02"),
        ("2020-01-02T23:59:00Z", "2020-01-02"),
        ("2020/01/02", "2020-01-02"),
        ("2 January 2020", "2020-01-02"),
        ("Thu, 02 Jan 2020 10:00:00 GMT", "2020-01-02"),
        ("January 2nd, 2020", "2020-01-02"),
        ("2020-02-30", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_day_is_read_as_its_author_wrote_it(text: str, day: str) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("# A *b* `c`\n\nd", "A b `c`", id="first level"),
        pytest.param("\n## A ##\n\nd", "A", id="second level, at the head"),
        pytest.param("# Learning C#\n\nd", "Learning C#", id="a mark that is a part of a name"),
        pytest.param("A\n===\n\nb", "A", id="underlined"),
        pytest.param("<!-- x -->\n{% include y %}\n# [A](/a) {#id}\n", "A", id="behind markup"),
        pytest.param("Words.\n\n# A\n\nb", "A", id="the only one, further down"),
        pytest.param("Words.\n\n# A\n\n# B\n", "", id="two are sections"),
        pytest.param("Words.\n\n## A\n", "", id="a section"),
        pytest.param("```\n# code\n```\n", "", id="a comment in code"),
        pytest.param("# a_b_c &amp; d", "a_b_c & d", id="names and entities"),
    ],
)
def test_a_heading_is_a_title(text: str, title: str) -> None:
    assert titles.heading(text) == title


def test_a_few_stray_nul_bytes_do_not_make_a_text_wide() -> None:
    with pytest.raises(DecodeError, match="a NUL byte at byte 3"):
        decode(b"The\0 kettle sang on the stove and nobody minded.")


@pytest.mark.parametrize(
    "line", ["# Bread" + " " * 5_000 + "x", " " * 60_000 + "x", "# Bread" + "#" * 60_000 + "x"]
)
def test_a_line_of_blanks_or_marks_is_looked_at_once(line: str) -> None:
    started = time.process_time()
    titles.heading(line)
    assert time.process_time() - started < 2
