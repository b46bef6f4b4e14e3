from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.prepare.rules import characters, dialects, headings, layout, links, residue, tags, templates
from train.prepare.rules.verbatim import outside_verbatim

Rule = Callable[[str], str]
prose = partial(partial, outside_verbatim)
LONG = "a line that is as long as lines are when an editor breaks them at a margin"


@pytest.mark.parametrize(
    ("rule", "dirty", "expected"),
    [
        pytest.param(
            characters.normalise_characters, "a\r\nb\rc", "a\nb\nc", id="every line end becomes one"
        ),
        pytest.param(
            characters.normalise_characters, "\ufeffa\u00a0b\u200bc\u00ad", "a bc", id="the invisible goes"
        ),
        pytest.param(
            characters.normalise_characters, "👩\u200d🌾", "👩\u200d🌾", id="a joiner in an emoji stays"
        ),
        pytest.param(characters.normalise_characters, "a\ud800b", "ab", id="half a character goes"),
        pytest.param(
            characters.repair_mojibake, "itâ€™s a cafÃ©", "it\u2019s a café", id="mojibake is repaired"
        ),
        pytest.param(
            characters.repair_mojibake,
            "“so” ﬁne\uff0c&lt;",
            "“so” ﬁne\uff0c&lt;",
            id="the author's characters stay",
        ),
        pytest.param(characters.decode_entities, "&lt;3 &lt;b", "<3 < b", id="a sign becomes no tag"),
        pytest.param(characters.decode_entities, "&#42;a&#42; &nope;", "\\*a\\* &nope;", id="nor a mark"),
        pytest.param(
            templates.fence_highlights,
            "{% highlight ruby linenos %}\na = 1\n\nb\n{% endhighlight %}",
            "\n\n```ruby\na = 1\n\nb\n```\n\n",
            id="a highlight becomes a fence",
        ),
        pytest.param(
            templates.fence_highlights,
            '{{< highlight go >}}\nx\n{{< /highlight >}}[code lang="js"]y[/code]',
            "\n\n```go\nx\n```\n\n\n\n```js\ny\n```\n\n",
            id="in Hugo's and WordPress's notation too",
        ),
        pytest.param(
            templates.open_raw, "`{% raw %}{{ x }}{% endraw %}`", "`{{ x }}`", id="raw marks leave code"
        ),
        pytest.param(
            prose(templates.drop_comments), "a<!-- b\n\n`c` -->d", "ad", id="a comment goes, code in it too"
        ),
        pytest.param(
            prose(templates.drop_comments),
            "a{% comment %}b{% endcomment %}{::comment}c{:/}d{/* e */}",
            "ad",
            id="comments of Liquid, kramdown and JSX go",
        ),
        pytest.param(
            prose(templates.drop_comments), "[//]: # (todo)\na", "\na", id="so do those that are links"
        ),
        pytest.param(
            prose(templates.drop_comments), "`<!-- a -->`", "`<!-- a -->`", id="one shown as code stays"
        ),
        pytest.param(
            prose(templates.drop_templates), '{% include a.html\n b="c" %}d', "d", id="a tag over lines goes"
        ),
        pytest.param(
            prose(templates.drop_templates),
            '{% include figure.html src="a" caption="The \\"old\\" pier" %}',
            '\nThe "old" pier\n\n',
            id="its caption stays",
        ),
        pytest.param(
            prose(templates.drop_templates), "[a]({{ site.url }})b", "ab", id="a link keeps its words"
        ),
        pytest.param(
            prose(templates.drop_templates), "[a][1]\n\n[1]: {{ x }}", "a\n\n", id="by a definition too"
        ),
        pytest.param(
            prose(templates.drop_templates),
            "{{< ref x >}}\n```\n{{ x }}",
            "```\n{{ x }}",
            id="code keeps its",
        ),
        pytest.param(
            templates.drop_imports, "import A from './a';\n\nexport it", "\n\nexport it", id="imports go"
        ),
        pytest.param(prose(dialects.drop_attributes), "a\n{: .b #c}", "a\n", id="an attribute list goes"),
        pytest.param(
            prose(dialects.drop_attributes), "*a*{:.b} {:a => 1}", "*a* {:a => 1}", id="a hash of Ruby stays"
        ),
        pytest.param(
            prose(dialects.drop_attributes), "## A {#a-b}\n## B (#b)", "## A\n## B", id="heading ids go"
        ),
        pytest.param(
            prose(dialects.drop_attributes), "![a](b){width=50%} {x}", "![a](b) {x}", id="Pandoc's go"
        ),
        pytest.param(
            prose(dialects.drop_attributes), "* Contents\n{:toc}\n\na", "\n\na", id="the dummy list goes"
        ),
        pytest.param(prose(dialects.drop_attributes), "*[HTML]: Markup\na", "\na", id="an abbreviation goes"),
        pytest.param(
            dialects.open_wiki_links,
            "[[A|b]] ![[c.png]] x[[1]] [[ -f d ]]",
            "b  x[[1]] [[ -f d ]]",
            id="wiki",
        ),
        pytest.param(
            dialects.open_wiki_links,
            "> [!note] Mind\n> it",
            "> **Mind**\n> it",
            id="a callout keeps its title",
        ),
        pytest.param(dialects.open_wiki_links, "[TOC]\n\na", "\n\na", id="a mark for contents goes"),
        pytest.param(
            dialects.drop_shortcodes, "[gallery ids='1']a[b](c) [sic]", "a[b](c) [sic]", id="shortcodes go"
        ),
        pytest.param(
            dialects.drop_needless_escapes,
            "a\\_b it\\'s 1\\. \\*\n2\\. c",
            "a_b it's 1. \\*\n2\\. c",
            id="escapes",
        ),
        pytest.param(
            dialects.drop_needless_escapes,
            "a.\\_b \n\\__c\\_\\_",
            "a._b \n\\__c\\_\\_",
            id="names keep theirs",
        ),
        pytest.param(dialects.drop_needless_escapes, "he \\[sic\\] [a\\]", "he [sic] [a\\]", id="brackets"),
        pytest.param(
            prose(tags.open_tags),
            'H<sub>2</sub>O, m<sup>2</sup>, 1<sup>st</sup>, <i>so</i>, <a href="b">c</a>, <kbd>Esc</kbd>',
            "H₂O, m², 1st, *so*, [c](b), Esc",
            id="inline tags become Markdown",
        ),
        pytest.param(
            prose(tags.open_tags),
            "a <b>c</b> List<String> <T> a<b",
            "a **c** List<String> <T> a<b",
            id="types stay",
        ),
        pytest.param(prose(tags.open_tags), "> <p>a</p>\n> b", "> a\n> b", id="a quote stays whole"),
        pytest.param(
            prose(tags.open_tags),
            "<blockquote>\n*a*\n\nb\n</blockquote>",
            "\n\n> *a*\n>\n> b\n\n",
            id="Markdown quoted",
        ),
        pytest.param(links.drop_images, "a\n\n![b](c) [![d](e)](f)\n", "a\n\n", id="a line of images goes"),
        pytest.param(
            links.drop_images, "a ![b](c) d [e ![f](g)](h)", "a d e", id="an image in a sentence goes too"
        ),
        pytest.param(
            links.drop_emptied_links, "[a]() [](b) [c](d)", "a  [c](d)", id="a link that leads nowhere"
        ),
        pytest.param(links.settle_notes, "a[^1]\n\n[^2]: b", "a\n\nb", id="notes and marks belong together"),
        pytest.param(headings.use_hash_headings, "A\n---\nb", "\n## A\n\nb", id="an underline goes"),
        pytest.param(
            headings.use_hash_headings, "a\nb\n---", "a\nb\n\n---\n", id="a paragraph above a rule stays one"
        ),
        pytest.param(headings.demote_headings, "# A\n\n## B", "## A\n\n### B", id="a second title sinks"),
        pytest.param(headings.demote_headings, "```\n# a\n```", "```\n# a\n```", id="code has no titles"),
        pytest.param(layout.unwrap_lines, f"{LONG}\ntwo", f"{LONG} two", id="a wrapped line is joined"),
        pytest.param(
            layout.unwrap_lines, f"{LONG}\n\ntwo", f"{LONG}\n\ntwo", id="a paragraph break survives"
        ),
        pytest.param(
            layout.unwrap_lines, f"{LONG}  \ntwo\\\nthree", f"{LONG}  \ntwo\\\nthree", id="marked breaks stay"
        ),
        pytest.param(layout.unwrap_lines, f"- {LONG}\n  two", f"- {LONG} two", id="a wrapped item is joined"),
        pytest.param(
            layout.unwrap_lines, f"> {LONG}\n> two", f"> {LONG} two", id="a wrapped quote is joined"
        ),
        pytest.param(
            layout.unwrap_lines, "| a | b |\n| c | d |", "| a | b |\n| c | d |", id="a table survives"
        ),
        pytest.param(
            layout.unwrap_lines, "def f(x):\n    return x", "def f(x):\n    return x", id="bare code too"
        ),
        pytest.param(
            layout.unwrap_lines, "[a]: b.c/d\n[e]: f.g/h", "[a]: b.c/d\n[e]: f.g/h", id="and definitions"
        ),
        pytest.param(
            layout.space_blocks, "## A\na \n\n\n\n## B\nc\n", "## A\n\na\n\n## B\n\nc", id="one blank line"
        ),
        pytest.param(
            layout.space_blocks, "a   \nb   \n\nc", "a  \nb\n\nc", id="only a marked break ends in spaces"
        ),
        pytest.param(
            layout.space_blocks, "```\na  \n\n\n# b\n```", "```\na  \n\n\n# b\n```", id="code stays"
        ),
        pytest.param(
            residue.drop_pasted_code, "google_ad_slot = 1;\n\na {b} c", "\n\na {b} c", id="a script goes"
        ),
    ],
)
def test_a_rule_changes_what_it_should_and_then_nothing_more(rule: Rule, dirty: str, expected: str) -> None:
    assert rule(dirty) == expected
    assert rule(expected) == expected


@given(st.text() | st.text(st.characters(max_codepoint=255)))
def test_nothing_unseen_and_no_odd_space_is_left_in_any_text(text: str) -> None:
    normalised = characters.normalise_characters(text)
    assert not characters.STRANGE.search(normalised.replace("\ufffd", ""))


ODD = st.sampled_from(["a", " ", "\t", "\n", ".", "(", ")", ">", "-", "@", "#", ":", "_", "<", "via ", "é"])
NAMED = st.sampled_from(["@novak", "#tag", "https://a.example/b", "www.a.example", "<http:a>", "mailto:a"])


@given(st.lists(ODD | NAMED, max_size=25).map("".join))
def test_addresses_and_names_go_as_if_every_line_was_searched(text: str) -> None:
    assert links.drop_mentions(text) == links._gone(links.MENTION, text)
    assert links.drop_hashtags(text) == links._gone(links.HASHTAG, text)
    held = any(mark in text for mark in ("://", "www.", "mailto:"))
    assert links.drop_urls(text) == (links._gone(links.BARE, text) if held else text)
