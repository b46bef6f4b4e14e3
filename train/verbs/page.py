"""What `--help` says of a verb, and how it is laid out."""

import shutil
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDEST = 100
MARGIN = 2
COLUMN = 16  # so much may stand before an explanation that takes several lines


@dataclass(frozen=True)
class Page:
    """A verb's help: what it does, what it reads and leaves, how it is typed."""

    does: str  # paragraphs, parted by empty lines
    examples: tuple[tuple[str, str], ...]  # a command, and what it is for
    reads: str
    leaves: str
    codes: str = ""  # exit codes that mean something else than they always do
    more: tuple[str, tuple[tuple[str, str], ...]] | None = None  # a list of its own, with its title


def width() -> int:
    """The columns that help may take."""
    return min(shutil.get_terminal_size().columns, WIDEST) - MARGIN


def above(page: Page) -> str:
    """What stands above the list of options."""
    facts = rows([("reads", page.reads), ("leaves", page.leaves)])
    return "\n\n".join([*map(filled, page.does.split("\n\n")), "\n".join(facts)])


def below(page: Page) -> str:
    """What stands below the list of options."""
    parts = ["\n".join(["examples:", *rows(page.examples)])]
    parts += [filled(f"exit codes: {page.codes}")] if page.codes else []
    parts += ["\n".join([filled(page.more[0]), *rows(page.more[1])])] if page.more else []
    return "\n\n".join(parts)


def filled(text: str) -> str:
    """A paragraph, broken into lines."""
    return textwrap.fill(" ".join(text.split()), width(), break_on_hyphens=False, break_long_words=False)


def rows(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Two columns; where they do not fit side by side, an explanation goes below what it explains."""
    listed = list(pairs)
    column = max(len(name) for name, _ in listed) + MARGIN
    is_wide = column > COLUMN and any(column + len(told) > width() - MARGIN for _, told in listed)
    for name, told in listed:
        if is_wide:
            yield from (textwrap.indent(name, "  "), *_indented(told, 6))
        else:
            first, *more = _indented(told, column + MARGIN)
            yield from (f"  {name:<{column}}{first.lstrip()}", *more)


def _indented(told: str, by: int) -> list[str]:
    return textwrap.wrap(
        told, width(), initial_indent=" " * by, subsequent_indent=" " * by, break_on_hyphens=False
    )
