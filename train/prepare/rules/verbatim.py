"""Title, code and formulas, which cleaning must leave as they are."""

import re
from collections.abc import Callable

VERBATIM = re.compile(
    r"""
    \A\#[ ].*$
    | ^[ \t>]*(?:(?:[-*+]|\d+\.)[ ]+)?(?P<fence>`{3,}|~{3,})[^`\n]*$  # a fence opens, in a list or quote too,
    (?:\n.*$)*?(?:\n[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)               # and closes, or runs to the end
    | (?<![`\\])(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])*?(?<!`)(?P=ticks)(?!`)
    | \$\$(?:(?!\n[ \t]*\n)[^$])*\$\$
    | \\\([^\n]{0,500}?\\\)
    """,
    re.MULTILINE | re.VERBOSE,
)
HIDDEN = re.compile(r"\0(\d+)\0")


def outside_verbatim(rule: Callable[[str], str], text: str) -> str:
    """What `rule` makes of `text`, what is verbatim put back untouched (or gone with what held it)."""
    pieces: list[str] = []

    def hide(match: re.Match[str]) -> str:
        pieces.append(match[0])
        return f"\0{len(pieces) - 1}\0"

    hidden = VERBATIM.sub(hide, text.replace("\0", ""))
    return HIDDEN.sub(lambda match: pieces[int(match[1])], rule(hidden))
