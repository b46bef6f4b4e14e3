"""Structure: is a text the whole post that was asked for? Imprint's own definition, by syntax tree."""

from train.evaluate.metrics.tokens import IS_UNSPACED, folded
from train.prepare.keep import SECTIONS
from train.prepare.outline import Outline, blocks, outline

CONCLUSIONS = (
    "conclusion",
    "conclusions",
    "in conclusion",
    "summary",
    "in summary",
    "wrapping up",
    "final thoughts",
    "closing thoughts",
)
BREAKS_OFF = (",", ";", ":", "-", "\u2013", "\u2014", "(")


def lacking(text: str, title: str, finished: bool) -> tuple[str, ...]:
    """The parts of a post that `text` lacks, in reading order; none for a whole post.

    Whole is: one level-one heading, which is the title asked for (case, spacing and the shape of quotes
    aside); a paragraph before the first section; as many sections with text as `prepare` asks of a corpus,
    the last of them called a conclusion; every code fence closed; and an end: the writer stopped by itself,
    and not within a sentence.
    """
    parts = outline(text)
    present = {
        "title": len(parts.titles) == 1 and folded(parts.title) == folded(title),
        "introduction": parts.introduction > 0,
        "sections": sum(section.words > 0 for section in parts.sections) >= SECTIONS,
        "conclusion": _concludes(parts),
        "closed code": parts.fences_closed,
        "end": finished and not _breaks_off(text),
    }
    return tuple(part for part, found in present.items() if not found)


def _concludes(parts: Outline) -> bool:
    """`## Conclusion: what to keep` concludes, and so does `## **Final thoughts**`."""
    if not parts.sections or not parts.sections[-1].words:
        return False
    name, _, _ = parts.sections[-1].heading.partition(":")
    return folded(name).strip(" *_.!") in CONCLUSIONS


def _breaks_off(text: str) -> bool:
    """Whether the last paragraph ends with a letter or a comma; not every script has a full stop."""
    tops = blocks(text)
    said = tops[-1].content.rstrip(" *_") if tops and tops[-1].kind == "paragraph" else ""
    return said.endswith(BREAKS_OFF) or (said[-1:].isalnum() and not IS_UNSPACED.match(said[-1]))
