"""How many words of a text are somebody else's, as far as the text says so itself."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from train.prepare.words import count

QUOTE = re.compile(r"[ ]{0,3}>")
FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
FORWARDED = re.compile(
    r"[-_ >*]*(?:begin forwarded message|forwarded message|original message)[-_: *]*$", re.IGNORECASE
)
HEADER = re.compile(r"[>*_ ]*(from|sent|date|to|cc|subject)[*_]*:[*_]*\s+\S", re.IGNORECASE)
RELEASE = re.compile(r"[*_# ]*for immediate release\b", re.IGNORECASE)
RELEASE_END = re.compile(r"\s*(?:#\s?#\s?#|-\s?30\s?-|\*{3}|\\#\\#\\#)\s*$")
# A line of a chat: the time, then who; or <who>; or a name as people choose them for chats, and a colon.
TIMED = re.compile(
    r"\s*[\[(]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[ap]m)?[\])]?[ ,-]{0,3}<?[*_]{0,2}"
    r"([\w.@| -]{1,30}?)[*_]{0,2}(?:>|:)\s",
    re.IGNORECASE,
)
ANGLED = re.compile(r"\s*(?:\\?<|&lt;)([\w|-]{2,24})(?:\\?>|&gt;) ")
HANDLED = re.compile(r"[*_]{0,2}([a-z][a-z]*[\d_][\w-]*|[a-z]{3,20})[*_]{0,2}:[*_]{0,2} \S")
SIGNS = (":", ">", "&gt;")  # after who speaks
NO_HANDLES = frozenset(
    ("note", "update", "edit", "warning", "tip", "example", "http", "https", "disclaimer", "aside")
)
HEADERS = 3  # of a letter, within as many lines as NEAR
NEAR = 6
LINES = 6  # of a chat, by two who both speak twice


def quoted_words(text: str) -> int:
    """The words of block quotes, forwarded letters, press releases and chats."""
    lines = text.split("\n")
    return sum(count(lines[place]) for place in sorted(_quoted_lines(lines)))


def _quoted_lines(lines: Sequence[str]) -> set[int]:
    prose = list(_outside_code(lines))
    return {*_quotes(lines, prose), *_after(lines, prose), *_chats(lines, prose)}


def _outside_code(lines: Sequence[str]) -> Iterator[int]:
    fence = ""
    for place, line in enumerate(lines):
        found = FENCE.match(line) if "```" in line or "~~~" in line else None
        if not found and not fence and line.strip():
            yield place
        elif found:
            fence = found[1] if not fence else "" if found[1].startswith(fence) else fence


def _quotes(lines: Sequence[str], prose: Sequence[int]) -> Iterator[int]:
    last = -2
    for place in prose:
        continued = place == last + 1 and not lines[place].lstrip().startswith(("#", "-", "*", "```"))
        if QUOTE.match(lines[place]) or continued:
            yield place
            last = place


def _after(lines: Sequence[str], prose: Sequence[int]) -> Iterator[int]:
    """What follows the head of a letter or of a press release, to its end."""
    heads = {place for place in prose if ":" in lines[place] and HEADER.match(lines[place])}
    within = ""
    for place in prose:
        if FORWARDED.match(lines[place]) or (place in heads and _is_letter(lines, heads, place)):
            within = "letter"
        elif RELEASE.match(lines[place]):
            within = "release"
        elif within == "release" and RELEASE_END.match(lines[place]):
            within = ""
        if within:
            yield place


def _is_letter(lines: Sequence[str], heads: Collection[int], place: int) -> bool:
    names = [_name(HEADER, lines[head]) for head in range(place, place + NEAR) if head in heads]
    return len(set(names)) >= HEADERS and names[0] == "from"


def _chats(lines: Sequence[str], prose: Sequence[int]) -> Iterator[int]:
    may = [place for place in prose if any(sign in lines[place] for sign in SIGNS)]
    for shape in (TIMED, ANGLED, HANDLED) if len(may) >= LINES else ():
        spoken = {place: name for place in may if (name := _name(shape, lines[place]))}
        times = Counter(spoken.values())
        if len(spoken) >= LINES and sum(number > 1 for number in times.values()) >= 2:
            yield from (place for place, name in spoken.items() if times[name] > 1)


def _name(shape: re.Pattern[str], line: str) -> str:
    found = shape.match(line)
    name = found[1].strip().lower() if found else ""
    return "" if name in NO_HANDLES else name
