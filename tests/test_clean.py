from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.prepare.clean import RULES, clean
from train.prepare.document import Document
from train.prepare.rules.headings import (
    demote_headings,
    drop_repeated_title,
    restore_headings,
    use_hash_headings,
)
from train.prepare.rules.layout import normalise_characters, repair_mojibake, space_blocks, unwrap_lines
from train.prepare.rules.markup import (
    drop_attributes,
    drop_comments,
    drop_image_lines,
    drop_liquid,
    fence_highlights,
    open_raw,
)

Rule = Callable[[str], str]
PIECES = (
    *(
        "Some words here",
        "Short Heading",
        "A line.",
        "Ärger 漢字 🎈",
        "x",
        " ",
        "  ",
        "    ",
        "\n",
        "\n\n",
        "\t",
    ),
    *(
        "# ",
        "## ",
        "#",
        "===",
        "---",
        "- ",
        "1. ",
        "> ",
        "| a | b |",
        "```",
        "~~~",
        "`",
        "``",
        "$$",
        "\\(",
        "\\)",
    ),
    *("{% raw %}", "{% endraw %}", "{% comment %}", "{% endcomment %}", "{% highlight py %}"),
    *(
        "{% endhighlight %}",
        "{%",
        "%}",
        "{{",
        "}}",
        "{{ x }}",
        "{: .a}",
        "{:toc}",
        " {#id}",
        "{::comment}",
        "{:/}",
    ),
    *(
        "<!--",
        "-->",
        "<br>",
        "<div>",
        "![a](b)",
        "[a](",
        ")",
        "[a]: b",
        "*[A]: b",
        "\\",
        "\0",
        "\ufeff",
        "\u00a0",
    ),
    *("\r", "\r\n", "\u2028", "\ud800", "â€™", "Ã©", "&amp;", "The Title", "the title"),
)
dirty = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map("".join)


def post(text: str, title: str = "The Title") -> Document:
    return Document("blog/1", title, text, "1.md", "blog")


def cleaned(text: str, title: str = "The Title") -> str:
    return clean(post(text, title))[0].text


@pytest.mark.parametrize(
    ("rule", "dirty", "expected"),
    [
        pytest.param(normalise_characters, "a\r\nb\rc", "a\nb\nc", id="every line end becomes one"),
        pytest.param(normalise_characters, "\ufeffa\u00a0b\u200bc\u00ad", "a bc", id="the invisible goes"),
        pytest.param(normalise_characters, "👩\u200d🌾", "👩\u200d🌾", id="a joiner inside an emoji stays"),
        pytest.param(normalise_characters, "a\ud800b", "ab", id="half a character goes"),
        pytest.param(repair_mojibake, "itâ€™s a cafÃ©", "it\u2019s a café", id="mojibake is repaired"),
        pytest.param(
            repair_mojibake, "“so” ﬁne\uff0c&lt;", "“so” ﬁne\uff0c&lt;", id="the author's characters stay"
        ),
        pytest.param(
            fence_highlights,
            "{% highlight ruby linenos %}\na = 1\n\nb\n{% endhighlight %}",
            "\n```ruby\na = 1\n\nb\n```\n",
            id="a highlight becomes a fence",
        ),
        pytest.param(
            open_raw, "use {% raw %}{{ x }}{% endraw %}.", "use `{{ x }}`.", id="raw Liquid becomes code"
        ),
        pytest.param(open_raw, "`{% raw %}{{ x }}{% endraw %}`", "`{{ x }}`", id="raw marks leave code"),
        pytest.param(drop_comments, "a<!-- b\n\n`c` -->d", "ad", id="an HTML comment goes, code inside too"),
        pytest.param(
            drop_comments,
            "a{% comment %}b{% endcomment %}{::comment}c{:/}d",
            "ad",
            id="comments of Liquid and kramdown go",
        ),
        pytest.param(drop_comments, "`<!-- a -->`", "`<!-- a -->`", id="a comment shown as code stays"),
        pytest.param(drop_liquid, '{% include a.html\n b="c" %}d', "d", id="a tag over two lines goes"),
        pytest.param(drop_liquid, "[a]({{ site.url }})b", "ab", id="a link without target keeps its words"),
        pytest.param(
            drop_liquid, "```\n{{ x }}\n```\n{{ x }}", "```\n{{ x }}\n```\n", id="code keeps its Liquid"
        ),
        pytest.param(drop_liquid, "```\n{{ x }}", "```\n{{ x }}", id="code that never closes keeps it too"),
        pytest.param(drop_liquid, "$$\\frac{{a}}{b}$$", "$$\\frac{{a}}{b}$$", id="a formula is no Liquid"),
        pytest.param(drop_attributes, "a\n{: .b #c}", "a\n", id="an attribute list goes"),
        pytest.param(drop_attributes, "## A {#a-b}", "## A", id="a heading id goes"),
        pytest.param(drop_attributes, "* Contents\n{:toc}\n\na", "\n\na", id="the dummy list goes"),
        pytest.param(drop_attributes, "*[HTML]: Markup\na", "\na", id="an abbreviation goes"),
        pytest.param(drop_image_lines, "a\n\n![b](c) [![d](e)](f)\n", "a\n\n\n", id="a line of images goes"),
        pytest.param(drop_image_lines, "a ![b](c)", "a ![b](c)", id="an image in a sentence stays"),
        pytest.param(use_hash_headings, "# T\n\nA\n---\nb", "# T\n\n\n## A\n\nb", id="an underline goes"),
        pytest.param(
            use_hash_headings,
            "# T\n\na\nb\n---",
            "# T\n\na\nb\n\n---",
            id="a wrapped paragraph is no heading",
        ),
        pytest.param(drop_repeated_title, "# A b!\n\n## a B\n\nc", "# A b!\n\n\nc", id="as a heading"),
        pytest.param(drop_repeated_title, "# A b!\n\nA b\nc", "# A b!\n\nc", id="as a line"),
        pytest.param(drop_repeated_title, "# A\n\nA b", "# A\n\nA b", id="a sentence that begins so stays"),
        pytest.param(
            demote_headings, "# T\n\n# A\n\n## B", "# T\n\n## A\n\n### B", id="a second title sinks"
        ),
        pytest.param(demote_headings, "# T\n\n## A", "# T\n\n## A", id="sections stay where they are"),
        pytest.param(
            demote_headings, "# T\n\n```\n# a\n```", "# T\n\n```\n# a\n```", id="code has no titles"
        ),
        pytest.param(unwrap_lines, "one\ntwo", "one two", id="a wrapped line is joined"),
        pytest.param(unwrap_lines, "one\n\ntwo", "one\n\ntwo", id="a paragraph break survives"),
        pytest.param(unwrap_lines, "one  \ntwo\\\nthree", "one  \ntwo\\\nthree", id="verse survives"),
        pytest.param(unwrap_lines, "- one\n  two", "- one\n  two", id="a list survives"),
        pytest.param(unwrap_lines, "> one\n> two", "> one\n> two", id="a quote survives"),
        pytest.param(unwrap_lines, "| a | b |\n| c | d |", "| a | b |\n| c | d |", id="a table survives"),
        pytest.param(unwrap_lines, "```\na\nb\n```", "```\na\nb\n```", id="code survives"),
        pytest.param(unwrap_lines, "def f(x):\n    return x", "def f(x):\n    return x", id="bare code too"),
        pytest.param(
            unwrap_lines, "see [a](b)\nand [c](d)", "see [a](b) and [c](d)", id="links make no code"
        ),
        pytest.param(
            space_blocks, "## A\na \n\n\n\n## B\nc\n", "## A\n\na\n\n## B\n\nc", id="one blank line"
        ),
        pytest.param(space_blocks, "a   \nb   \n\nc", "a  \nb\n\nc", id="only a marked break ends in spaces"),
        pytest.param(space_blocks, "```\na  \n\n\n# b\n```", "```\na  \n\n\n# b\n```", id="code stays"),
    ],
)
def test_a_rule_changes_what_it_should_and_then_nothing_more(rule: Rule, dirty: str, expected: str) -> None:
    assert rule(dirty) == expected
    assert rule(expected) == expected


@pytest.mark.parametrize(
    ("line", "is_heading"),
    [
        ("Getting Ready", True),
        ("Risks and mitigations", True),
        ("Capabilities of GPT-4", True),
        ("Fig. 2 The Room", False),
        ("Now we can begin", False),
        ("It rained.", False),
        ("Here is the List:", False),
        ("how it works", False),
        ("One Two Three Four Five Six Seven Eight Nine", False),
    ],
)
def test_a_short_capitalised_paragraph_becomes_a_heading_when_all_were_lost(
    line: str, is_heading: bool
) -> None:
    text = f"# T\n\nIt began so.\n\n{line}\n\nIt ended so."
    assert restore_headings(text) == (text.replace(line, f"## {line}") if is_heading else text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# T\n\nA.\n\nTwo Words\n\n## B", id="there is a heading"),
        pytest.param("# T\n\nA.\n\nTwo Words\n\nMore Words", id="nothing stands below"),
        pytest.param("# T\n\nTwo Words", id="it is the end"),
    ],
)
def test_a_short_paragraph_stays_one_if(text: str) -> None:
    assert restore_headings(text) == text


def test_a_clean_text_begins_with_its_title_once() -> None:
    assert cleaned("Some words.") == "# The Title\n\nSome words."
    assert cleaned("# The title\n\nSome words.") == "# The Title\n\nSome words."
    assert cleaned("The Title\n=========\nSome words.") == "# The Title\n\nSome words."


def test_a_title_is_one_clean_line() -> None:
    document, changed = clean(post("a", "  cafÃ©\n{{ x }} one\u200b "))
    assert document.title == "café one"
    assert changed >= {"mojibake", "liquid", "characters"}


def test_a_clean_text_is_said_to_be_unchanged() -> None:
    _, changed = clean(post("Some words.\n\n## One\n\nMore.\n"))
    assert changed == frozenset()


@settings(max_examples=150, deadline=None)
@given(dirty, dirty)
def test_cleaning_never_fails_and_cleaning_twice_changes_nothing_more(title: str, text: str) -> None:
    document, _ = clean(post(text, title))
    again, _ = clean(document)
    assert again == document
    document.text.encode()


@settings(max_examples=30, deadline=None)
@given(dirty)
@pytest.mark.parametrize(("name", "rule"), RULES, ids=[name for name, _ in RULES])
def test_no_rule_fails_on_any_text(name: str, rule: Rule, text: str) -> None:
    rule(text)
