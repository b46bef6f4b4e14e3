"""Turn what a source holds into the Markdown a writer should write: `# title`, introduction, sections."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from train.prepare.document import Document
from train.prepare.rules import characters, dialects, headings, layout, links, residue, tags, templates
from train.prepare.rules.html import from_html
from train.prepare.rules.verbatim import Veiled, outside_verbatim, veil
from train.sections import Clean

Rule = tuple[str, Callable[[str], str]]
AS_IT_IS = Clean()

# In this order. Characters first, since all that follows looks at them; then code is made out, so that the
# rest can leave it alone.
CHARACTERS: tuple[Rule, ...] = (
    ("mojibake", characters.repair_mojibake),
    ("characters", characters.normalise_characters),
)
CODE: tuple[Rule, ...] = (
    ("highlights fenced", templates.fence_highlights),
    ("raw parts opened", templates.open_raw),
)
# What the site's generator fills in goes before HTML is read, as generators have it.
TEMPLATES: tuple[Rule, ...] = (
    ("comments", templates.drop_comments),
    ("templates", templates.drop_templates),
    ("imports", templates.drop_imports),
    ("shortcodes", dialects.drop_shortcodes),
    ("attributes", dialects.drop_attributes),
)
HTML: tuple[Rule, ...] = (("tags", tags.open_tags),)
# All that is left is Markdown and its words.
WORDS: tuple[Rule, ...] = (
    ("wiki links", dialects.open_wiki_links),
    ("images", links.drop_images),
    ("emptied links", links.drop_emptied_links),
    ("notes", links.settle_notes),
    ("entities", characters.decode_entities),
    ("escapes", dialects.drop_needless_escapes),
)
WISHES = ("addresses", "mentions", "hashtags", "case")
ON_PROSE = frozenset(
    {*(name for name, _ in (*TEMPLATES, *HTML, *WORDS)), *WISHES}
)  # code is out of their sight
# Last what needs the tree of blocks; each takes a whole text, code included.
BLOCKS: tuple[Rule, ...] = (
    ("styles and scripts", residue.drop_pasted_code),
    ("widgets", residue.drop_widgets),
    ("leading rules", headings.drop_leading_rules),
    ("underlined headings", headings.use_hash_headings),
    ("hard wraps", layout.unwrap_lines),
)
STRUCTURE: tuple[Rule, ...] = (
    ("headings demoted", headings.demote_headings),
    ("headings restored", headings.restore_headings),
    ("spacing", layout.space_blocks),
)
PASSES = 10  # a rule may uncover work for an earlier one; two passes settle all but contrived texts
BREAKS = "\r\n"
LEADING_MARK = re.compile(r"^#{1,6}[ \t]+|[ \t]+#+$")


def clean(document: Document, wishes: Clean = AS_IT_IS) -> tuple[Document, frozenset[str]]:
    """The document as the writer should write it, and the names of the rules that changed it."""
    title, in_title = _settled(document.title, _title_rules(wishes))
    text, in_text = _body(document.text, title), frozenset[str]()
    if document.markup == "html":
        text, in_text = _as_markdown(document.text), frozenset({"html"})
    text, changed = _settled(text, _rules(title, wishes))
    heading = f"# {title}\n\n" if wishes.heading and title else ""
    cleaned = replace(document, title=title, text=f"{heading}{text}".rstrip("\n"), markup="markdown")
    return cleaned, in_title | in_text | changed


def steps(document: Document, wishes: Clean = AS_IT_IS) -> Iterator[tuple[str, str, str]]:
    """Each rule that changes the document's text, in order, with the text before and after it."""
    title, _ = _settled(document.title, _title_rules(wishes))
    text = document.text
    if document.markup == "html":
        yield "html", text, _as_markdown(text)
        text = _as_markdown(text)
    yield from _passes(_body(text, title), _rules(title, wishes))


def _as_markdown(text: str) -> str:
    for name, rule in (*CHARACTERS, *CODE, *TEMPLATES[:2]):
        text = outside_verbatim(rule, text) if name in ON_PROSE else rule(text)
    return from_html(text)


def _body(text: str, title: str) -> str:
    """The text below the heading that cleaning itself would set: taken off, it is no change."""
    heading = f"# {title}\n\n"
    return f"{text}\n\n".removeprefix(heading if title else "").strip(BREAKS)


def _settled(text: str, rules: Sequence[Rule]) -> tuple[str, frozenset[str]]:
    found = list(_passes(text, rules))
    return found[-1][2] if found else text, frozenset(name for name, _, _ in found)


def _passes(text: str, rules: Sequence[Rule]) -> Iterator[tuple[str, str, str]]:
    for _ in range(PASSES):
        found = list(_pass(text, rules))
        yield from found
        if not found or found[-1][2] == text:
            return
        text = found[-1][2]


def _pass(text: str, rules: Sequence[Rule]) -> Iterator[tuple[str, str, str]]:
    veiled: Veiled | None = None
    for name, rule in rules:
        before = text
        if name in ON_PROSE:
            veiled = veiled or veil(text)
            after = rule(veiled.text)
            if after == veiled.text:
                continue
            text, veiled = veiled.unveil(after), veiled.now(after)
        else:
            text = rule(text)
        if text != before:
            yield name, before, text
        if name not in ON_PROSE:
            veiled = None


def _rules(title: str, wishes: Clean) -> tuple[Rule, ...]:
    return (
        *CHARACTERS,
        *CODE,
        *TEMPLATES,
        *HTML,
        *WORDS,
        *_wished(wishes),
        *BLOCKS,
        ("repeated title", partial(headings.drop_repeated_title, title=title)),
        *((("boilerplate", residue.drop_boilerplate),) if wishes.boilerplate == "drop" else ()),
        *STRUCTURE,
    )


def _wished(wishes: Clean) -> Iterator[Rule]:
    if wishes.urls == "drop":
        yield "addresses", links.drop_urls
    if wishes.mentions == "drop":
        yield "mentions", links.drop_mentions
    if wishes.hashtags == "drop":
        yield "hashtags", links.drop_hashtags
    if wishes.case == "lower":
        yield "case", links.lower_case


def _title_rules(wishes: Clean) -> tuple[Rule, ...]:
    lower = (("case", links.lower_case),) if wishes.case == "lower" else ()
    return (
        *CHARACTERS,
        *TEMPLATES[:2],
        *HTML,
        ("entities", characters.decode_entities),
        *lower,
        ("title", lambda line: LEADING_MARK.sub("", " ".join(line.split()))),
    )
