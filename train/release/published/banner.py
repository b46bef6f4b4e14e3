"""The words on top of a card that say which versions were withdrawn, and why."""

import re
from collections.abc import Sequence

from cards.markdown import text as harmless
from train.release.published.standing import Yanked

CARD = "README.md"
_BEGIN, _END = "<!-- withdrawn -->", "<!-- /withdrawn -->"
_BANNER = re.compile(rf"^{_BEGIN}\n.*?^{_END}\n\n?", re.DOTALL | re.MULTILINE)
_FRONT = re.compile(r"---\n.*?^---\n\n?", re.DOTALL | re.MULTILINE)


def with_banner(card: str, yanked: Sequence[Yanked]) -> str:
    """The card with one banner for these versions below its front matter, or none if there are none."""
    plain = _BANNER.sub("", card, count=1)
    front = _FRONT.match(plain)
    begin = front.end() if front else 0
    return plain[:begin] + _banner(yanked) + plain[begin:]


def _banner(yanked: Sequence[Yanked]) -> str:
    if not yanked:
        return ""
    told = [f"> **{each.version} was withdrawn**: {harmless(each.reason)}{_instead(each)}" for each in yanked]
    return "\n".join([_BEGIN, "> [!WARNING]", *"\n>\n".join(told).split("\n"), _END, "", ""])


def _instead(each: Yanked) -> str:
    return f" Use {each.use}." if each.use else " There is no version to use instead."
