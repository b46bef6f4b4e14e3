"""English prose in sentences, as far as marks, capitals and the usual abbreviations show them."""

import re

END = re.compile(r"(?<=[.!?…])([\"'”\u2019)\]*_]*)\s+(?=[\"'“\u2018(\[*_]*[A-Z0-9])")
ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“])(?:[A-HJ-Z]|[A-Za-z]\.[A-Za-z]|Adm|Col|Dr|Gen|Gov|Hon|Jr|Lt|Mr|Mrs|Ms|Prof|Rep|Rev|Sen|Sgt|Sr|St"
    r"|Mt|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|cf|est|vs)\.$"
)
LONGEST = len(" approx.")
NUMBERED = re.compile(r"\b(?:art|ch|eq|figs?|nos?|pp?|sec|vol)\. \d", re.IGNORECASE)


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph, each on one line."""
    text, found, start = " ".join(paragraph.split()), [], 0
    for end in END.finditer(text):
        before = max(start, end.start() - LONGEST)
        if not ABBREVIATED.search(text, before, end.start()) and not _is_number(text, end.end()):
            found.append(text[start : end.end(1)])
            start = end.end()
    return [each for each in (*found, text[start:]) if each]


def _is_number(text: str, following: int) -> bool:
    return any(
        each.end() == following + 1 for each in NUMBERED.finditer(text, max(0, following - 8), following + 1)
    )
