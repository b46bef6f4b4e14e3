"""A person's own section of a card: nobody but them writes it, and every release keeps it."""

from markdown_it import MarkdownIt

from cards.markdown import lines_of

BEGIN, END = "<!-- yours -->", "<!-- /yours -->"


class OwnSectionError(Exception):
    """A person's section begins and does not end, so that nobody can say what is in it."""


def own_section(card: str) -> str | None:
    """What a person wrote between the markers, which count outside of code only; None if there is nothing."""
    if not (place := _place(card)):
        return None
    return "".join(lines_of(card)[place[0] + 1 : place[1]])


def with_own_section(existing: str, new: str) -> str:
    """The new card with the section that the existing one holds, at its end."""
    own = own_section(existing)
    if own is None:
        return new
    return f"{without_own_section(new).rstrip()}\n\n{BEGIN}\n{own.rstrip()}\n{END}\n"


def without_own_section(card: str) -> str:
    """The card as it was rendered: a person's section at its end is taken off."""
    if not (place := _place(card)):
        return card
    lines = lines_of(card)
    before, after = "".join(lines[: place[0]]), "".join(lines[place[1] + 1 :])
    return f"{before.rstrip()}\n{after.lstrip()}"


def _place(card: str) -> tuple[int, int] | None:
    """The lines of the two markers."""
    found = {BEGIN: -1, END: -1}
    for token in MarkdownIt("commonmark").parse(card):
        for marker in found:
            if token.type == "html_block" and token.map and token.content.strip() == marker:
                found[marker] = token.map[0] if found[marker] < 0 else found[marker]
    if found[BEGIN] < 0:
        return None
    if found[END] < found[BEGIN]:
        raise OwnSectionError(
            f"line {found[BEGIN] + 1}: {BEGIN} is never closed by {END} on a line of its own"
        )
    return found[BEGIN], found[END]
