"""Words as the metrics compare them: folded, one a sign where a script puts no spaces."""

import re
from functools import lru_cache

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # Thai, Lao, Burmese, Khmer, …
SYMBOLS = "\u2190-\u2bff\U0001f000-\U0001faff"  # arrows, signs and emoji: a text may repeat them too
TOKEN = re.compile(rf"[{UNSPACED}{SYMBOLS}]|[^\W_{UNSPACED}]+(?:'[^\W_{UNSPACED}]+)*")
IS_UNSPACED = re.compile(f"[{UNSPACED}]")
STRAIGHT = dict.fromkeys((*range(0x2018, 0x201C), 0x02BC), "'") | dict.fromkeys(range(0x201C, 0x2020), '"')
TEXTS = 2048  # of all writers together, so that each is read once for all measures


def folded(text: str) -> str:
    """A text without the differences of case, spacing and the shape of quotes."""
    return " ".join(text.translate(STRAIGHT).casefold().split())


@lru_cache(maxsize=TEXTS)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded, in order; marks are none, "don't" is one."""
    return tuple(words_in(text))


def words_in(part: str) -> list[str]:
    """The same of a part of a text, which nobody asks for again."""
    return TOKEN.findall(part.translate(STRAIGHT).casefold())
