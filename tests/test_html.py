import re
import time
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.prepare.rules.html import from_html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        pytest.param(
            "<h2><strong>Sowing</strong></h2><p>Now.</p>", "## Sowing\n\nNow.", id="headings get hashes"
        ),
        pytest.param("<h3> </h3><p>Now.</p>", "Now.", id="an empty heading goes"),
        pytest.param("<p>a <b>bold </b>and <i>slant</i></p>", "a **bold** and *slant*", id="emphasis stays"),
        pytest.param("<p><b>Note:</b>look</p>", "**Note**:look", id="emphasis closes where Markdown sees it"),
        pytest.param("<p><b>a</b><strong>b</strong></p>", "**ab**", id="bold beside bold is one"),
        pytest.param("<em>one<br><br>two</em>", "*one*\n\n*two*", id="emphasis over two paragraphs is two"),
        pytest.param(
            '<a href="https://a.example/x y">words</a>', "[words](https://a.example/x%20y)", id="links"
        ),
        pytest.param(
            '<a href="https://a.example/">https://a.example</a>', "https://a.example", id="bare links"
        ),
        pytest.param('<a href="#part">words</a>', "words", id="a place on the page is no link"),
        pytest.param('<a href="javascript:x()">words</a>', "words", id="a script is no link"),
        pytest.param("<ul><li>a<ul><li>b</li></ul>c</li></ul>", "- a\n  - b\n\n  c", id="lists in lists"),
        pytest.param('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b", id="numbers go on"),
        pytest.param("<p>one<br>two</p>", "one  \ntwo", id="a break stays a break"),
        pytest.param("<p>one<br><br>two</p>", "one\n\ntwo", id="two breaks are a paragraph"),
        pytest.param("<div>a<div>b</div>c</div>", "a\n\nb\n\nc", id="blocks stand apart"),
        pytest.param("<p>wrapped\n  prose</p>", "wrapped prose", id="line ends in the source mean nothing"),
        pytest.param("<blockquote>a<p>b</p></blockquote>", "> a\n>\n> b", id="quotations"),
        pytest.param("<td>cell</td>", "cell", id="a piece out of its place keeps its words"),
        pytest.param(
            "<p>H<sub>2</sub>O, m<sup>2</sup>, 1<sup>st</sup></p>", "H₂O, m², 1st", id="raised and lowered"
        ),
        pytest.param('<img src="a.png" alt="A [b]">', "![A b](a.png)", id="images"),
        pytest.param('<img class="emoji" alt="🌱" src="s.png">', "🌱", id="emoji drawn as images"),
        pytest.param('<img src="a.png" width="1">', "", id="tracking pixels go"),
        pytest.param(
            "<figure><iframe src=x></iframe><figcaption>My talk</figcaption></figure>",
            "My talk",
            id="an embed leaves its caption",
        ),
        pytest.param(
            '<p>a</p><blockquote class="twitter-tweet">b</blockquote>', "a", id="others' words in embeds go"
        ),
        pytest.param(
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1|2</td><td>c<br>d</td></tr></table>",
            "| a | b |\n| --- | --- |\n| 1\\|2 | c d |",
            id="tables",
        ),
        pytest.param(
            "<table><tr><td><p>a</p><ul><li>b</li></ul></td><td>c</td></tr></table>",
            "a\n\n- b\n\nc",
            id="tables that only place things are opened",
        ),
        pytest.param("<dl><dt>Loam</dt><dd>Good soil.</dd></dl>", "Loam\n:   Good soil.", id="definitions"),
        pytest.param(
            '<p>So<sup id="r1"><a href="#n1">1</a></sup></p>'
            '<ol><li id="n1">It was. <a href="#r1">↩</a></li></ol>',
            "So[^1]\n\n[^1]: It was.",
            id="footnotes",
        ),
        pytest.param(
            "<script>x</script><style>y</style><nav>z</nav><p>a</p>", "a", id="scripts and menus go"
        ),
        pytest.param("<form><p>E-mail</p><button>Subscribe</button></form><p>a</p>", "a", id="forms go"),
        pytest.param(
            "<form><p>a</p><p>b</p><p>c</p><p>d</p></form>", "a\n\nb\n\nc\n\nd", id="but not a page in one"
        ),
        pytest.param('<p>a</p><div class="sharedaddy">Share this</div>', "a", id="share lines go"),
        pytest.param('<p>a</p><div id="comments"><p>First!</p></div>', "a", id="readers' comments go"),
        pytest.param(
            "<html><body><header>Site</header><main><p>a</p></main><footer>©</footer></body></html>",
            "a",
            id="of a page the main part",
        ),
        pytest.param(
            "<p>a</p><aside>b</aside><article><p>c</p></article>", "a\n\nb\n\nc", id="of a piece all"
        ),
        pytest.param("", "", id="nothing"),
        pytest.param("plain words", "plain words", id="no markup at all"),
        pytest.param("<p>a\0b\ud800c</p>", "abc", id="what is no character goes"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert from_html(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        pytest.param("List&lt;String&gt;", "List\\<String>", id="a type that looks like a tag"),
        pytest.param(
            "for (i = 3; i &lt;= n; ++ i) &gt;", "for (i = 3; i <= n; ++ i) >", id="a loop needs none"
        ),
        pytest.param("a &amp;lt; b", "a \\&lt; b", id="an entity that is meant"),
        pytest.param("snake_case_name", "snake_case_name", id="underscores in words need none"),
        pytest.param("call __init__ now", "call \\_\\_init\\_\\_ now", id="underscores that would be bold"),
        pytest.param("2 * 3 * 4", "2 * 3 * 4", id="stars alone need none"),
        pytest.param("a*b*c", "a\\*b\\*c", id="stars that would slant"),
        pytest.param("<p># one</p>", "\\# one", id="a hash at the start"),
        pytest.param("<p>one<br>-----</p>", "one  \n\\-----", id="dashes below words"),
        pytest.param(
            "<p>[my friend]: laughs</p>", "\\[my friend]: laughs", id="what would be a link's address"
        ),
        pytest.param(
            "<p>see `a&lt;b&gt;` and \\(x_1 *y*\\)</p>", "see `a<b>` and \\(x_1 *y*\\)", id="code, formulas"
        ),
    ],
)
def test_only_what_markdown_would_misread_is_escaped(html: str, markdown: str) -> None:
    assert from_html(html) == markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        pytest.param(
            '<pre class="brush: js">\n  if (a &lt; b) {\n    c();\n\n\n  }\n</pre>',
            "```js\n  if (a < b) {\n    c();\n\n\n  }\n```",
            id="code keeps its signs, blank lines and indents",
        ),
        pytest.param(
            '<pre><code class="language-python">x = "```"</code></pre>',
            '````python\nx = "```"\n````',
            id="a fence is longer than those inside",
        ),
        pytest.param("<pre>a<br>  b</pre>", "```\na\n  b\n```", id="breaks in code are lines"),
        pytest.param(
            '<div class="highlight"><table><tr><td class="gutter"><pre>1</pre></td>'
            "<td><pre><span>a</span> b</pre></td></tr></table></div>",
            "```\na b\n```",
            id="line numbers go",
        ),
        pytest.param(
            "<ul><li>do<pre>a\n  b</pre></li></ul>", "- do\n\n  ```\n  a\n    b\n  ```", id="code in lists"
        ),
        pytest.param("<code>a `b` c</code>", "`` a `b` c ``", id="backticks in code"),
        pytest.param(
            '<pre class="wp-block-verse">moon\n  over\n\nhill</pre>', "moon  \nover\n\nhill", id="verse"
        ),
        pytest.param(
            '<p class="katex"><math><annotation encoding="application/x-tex">a_1*b*</annotation></math></p>',
            "$a_1*b*$",
            id="formulas",
        ),
    ],
)
def test_verbatim_parts_are_kept_word_for_word(html: str, markdown: str) -> None:
    assert from_html(html) == markdown


def test_a_line_of_stars_is_looked_at_once() -> None:
    started = time.process_time()
    assert from_html(f"<p>{'*' * 40_000} a</p>") == f"{'*' * 40_000} a"
    assert time.process_time() - started < 2


@pytest.mark.parametrize("tag", ["div", "blockquote", "ul", "b", "table"])
def test_deep_nesting_neither_fails_nor_loses_a_word(tag: str) -> None:
    assert "deepest" in from_html(f"<{tag}>" * 10_000 + "deepest")
    assert "deepest" in from_html(f"<{tag}><i>x</i> " * 2_000 + "deepest")


MARKUP = """
<p> </p> <b> </b> <ul><li> </li> </ul> <td> <table><tr> <br> <a/href='#x'> </a> <h2> </h2> <em> </em>
<sup> <span> <blockquote> <div> </div> <code> </code> <!--a--> <dl><dt> <dd> <ol> <figure> &lt; &amp;
<hr> </x> <tr> <th>
"""
TAGS = st.sampled_from(MARKUP.split())
WORDS = ("meadow", "river", "Ärger", "漢字", "stone's", "a_b", "3rd")


@settings(max_examples=200, deadline=None)
@given(st.lists(TAGS | st.sampled_from(WORDS).map(lambda word: f" {word} "), max_size=30))
def test_every_word_survives_any_markup_whole(pieces: list[str]) -> None:
    markdown = from_html("".join(pieces))
    for word in WORDS:
        found = re.findall(rf"(?<!\w){word}(?!\w)", markdown)
        assert len(found) >= pieces.count(f" {word} ")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    from_html(text)
    from_html(f"<p>{text}")


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\n"), max_size=120))
def test_code_is_untouched(code: str) -> None:
    body = code.strip("\n").rstrip()
    found = from_html(f"<p>a</p><pre>\n{escape(code)}</pre><p>b</p>")
    assert not body or f"\n{body}\n```" in found
