"""Structure: is a text the whole post that was asked for? Imprint's own definition, by syntax tree."""

from train.prepare.keep import SECTIONS
from train.prepare.outline import Outline, outline

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
STRAIGHT = dict.fromkeys(range(0x2018, 0x201C), "'") | dict.fromkeys(range(0x201C, 0x2020), '"')


def lacking(text: str, title: str, finished: bool) -> tuple[str, ...]:
    """The parts of a post that `text` lacks, in reading order; none for a whole post.

    Whole is: one level-one heading, which is the title asked for (case, spacing and the shape of quotes
    aside); a paragraph before the first section; as many sections with text as `prepare` asks of a corpus,
    the last of them called a conclusion; every code fence closed; and the writer stopped by itself.
    """
    parts = outline(text)
    present = {
        "title": len(parts.titles) == 1 and _folded(parts.title) == _folded(title),
        "introduction": parts.introduction > 0,
        "sections": sum(section.words > 0 for section in parts.sections) >= SECTIONS,
        "conclusion": _concludes(parts),
        "closed code": parts.fences_closed,
        "end": finished,
    }
    return tuple(part for part, found in present.items() if not found)


def _folded(title: str) -> str:
    return " ".join(title.translate(STRAIGHT).casefold().split())


def _concludes(parts: Outline) -> bool:
    """`## Conclusion: what to keep` concludes, and so does `## **Final thoughts**`."""
    if not parts.sections or not parts.sections[-1].words:
        return False
    name, _, _ = parts.sections[-1].heading.partition(":")
    return _folded(name).strip(" *_.!") in CONCLUSIONS
