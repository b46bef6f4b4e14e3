from hypothesis import given, settings
from hypothesis import strategies as st

from train.prepare.tree import MARKDOWN, found, lines_of

PIECES = (
    *(
        "words here",
        "Aber",
        "- item",
        "1. one",
        "2020 was",
        "2020. was",
        "> said",
        "a | b",
        "**bold**",
        "*",
        "__",
    ),
    *("```", "~~~", "``", "`a`", "    code", "  two", "\t", "# h", "===", "---", "* * *", "***", "_ _ _"),
    *("<div>", "</div>", "<!-- a", "-->", "<pre>", "</pre>", "<?x", "?>", "<![CDATA[", "]]>", "<!X", ">"),
    *("| a | b |", "|--|--|", "--|--", "[a]: b.c", "[^1]: n", "```py", "  ```", "\n- ```\n", "\n   ~~~\n"),
    *("\n", "\n\n", "\n \n", " ", "\u3000x", "\f"),
)
texts = st.lists(st.sampled_from(PIECES) | st.just("\n") | st.just("\n\n"), max_size=25).map("".join)


def parsed_whole(text: str) -> list[tuple[str, int, str, int]]:
    return [
        (token.type.removesuffix("_open"), token.map[0], token.markup, token.level)
        for token in MARKDOWN.parse(text)
        if token.map and token.type != "inline"
    ]


@settings(max_examples=400, deadline=None)
@given(texts)
def test_a_text_read_in_parts_has_the_tree_it_has_as_a_whole(text: str) -> None:
    headings = {f"h{level}": "heading" for level in range(1, 7)} | {"definitions": "paragraph"}
    parts = [
        (headings.get(block.kind, block.kind), block.first, block.markup, level)
        for block, level in found(text)
    ]
    assert parts == parsed_whole(text)


@given(texts)
def test_every_line_of_words_stands_in_a_block(text: str) -> None:
    covered = {number for block, _ in found(text) for number in range(block.first, block.end)}
    assert all(number in covered for number, line in enumerate(lines_of(text)) if line.strip(" \t"))
