"""Turn what a source holds into the Markdown a writer should write: `# title`, introduction, sections."""

from collections.abc import Callable
from dataclasses import replace

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

# In this order: characters first, since all that follows looks at them; a repeated title while it still is a
# line of its own; then what is no Markdown, so that the syntax tree is the author's; headings and lines last.
# Each rule takes a text whose first line is the title and gives one that it would not change again.
RULES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("characters", normalise_characters),
    ("mojibake", repair_mojibake),
    ("repeated title", drop_repeated_title),
    ("highlights fenced", fence_highlights),
    ("raw parts opened", open_raw),
    ("comments", drop_comments),
    ("liquid", drop_liquid),
    ("attributes", drop_attributes),
    ("image lines", drop_image_lines),
    ("underlined headings", use_hash_headings),
    ("headings demoted", demote_headings),
    ("headings restored", restore_headings),
    ("hard wraps", unwrap_lines),
    ("spacing", space_blocks),
)
BREAKS = "\r\n"
PASSES = 10  # a rule may uncover work for an earlier one; two passes settle all but contrived texts


def clean(document: Document) -> tuple[Document, frozenset[str]]:
    """The document as the writer should write it, and the names of the rules that changed it."""
    line, in_title = _settled(" ".join(document.title.split()))
    title = " ".join(line.split())
    text, in_text = _settled(f"# {title}\n\n{document.text.strip(BREAKS)}".rstrip(BREAKS))
    return replace(document, title=title, text=text), in_title | in_text


def _settled(text: str) -> tuple[str, frozenset[str]]:
    changed: set[str] = set()
    for _ in range(PASSES):
        before = text
        for name, rule in RULES:
            text, previous = rule(text), text
            changed |= {name} if text != previous else set()
        if text == before:
            break
    return text, frozenset(changed)
