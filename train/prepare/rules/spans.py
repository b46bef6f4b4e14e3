"""Find what stands between two marks, in one walk over a text however many marks it holds."""

import re
from collections.abc import Callable, Iterator

BLANK = re.compile(r"\n[ \t]*\n")


def between(opener: re.Pattern[str], closer: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """The spans from an opener to the next closer, in order, none inside another."""
    next_closer, end = _onward(closer, text), 0
    for match in opener.finditer(text):
        if match.start() < end:
            continue
        closing = next_closer(match.end())
        if closing is None:
            return
        end = closing.end()
        yield match.start(), end


def within_paragraph(
    opener: re.Pattern[str], closer: re.Pattern[str], text: str
) -> Iterator[tuple[int, int]]:
    """The spans from an opener to the next closer that cross no blank line."""
    next_closer, next_blank, end = _onward(closer, text), _onward(BLANK, text), 0
    for match in opener.finditer(text):
        if match.start() < end:
            continue
        closing = next_closer(match.end())
        if closing is None:
            return
        blank = next_blank(match.start())
        if blank is None or closing.end() <= blank.start() + 1:
            end = closing.end()
            yield match.start(), end


def _onward(pattern: re.Pattern[str], text: str) -> Callable[[int], re.Match[str] | None]:
    """A search that is asked for ever later places, and looks at none twice."""
    found: list[re.Match[str] | None] = [pattern.search(text)]

    def at_or_after(place: int) -> re.Match[str] | None:
        match = found[0]
        if match is not None and match.start() < place:
            found[0] = match = pattern.search(text, place)
        return match

    return at_or_after


def replaced(text: str, spans: Iterator[tuple[int, int]], write: Callable[[str], str]) -> str:
    """The text with each span written anew."""
    pieces, last = [], 0
    for start, end in spans:
        pieces += [text[last:start], write(text[start:end])]
        last = end
    return "".join([*pieces, text[last:]]) if pieces else text
