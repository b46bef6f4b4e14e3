"""Length: does a text keep to the number of words it was asked for?"""

from math import exp

from train.prepare.words import count

FLOOR = 0.6  # of the limit; a shorter text did not use what it was given
SLACK = 1.1  # of the limit; a reader forgives a tenth


def score(text: str, limit: int) -> float:
    """From 100 for a text between 60 % and 100 % of its limit down to 0, the further from it the less.

    LIFEBench's length score (arXiv 2505.16234): 100·exp(-2·d) for a text that is too long, 100·exp(5·d) for
    one that is too short, with the deviation d as a ratio (its released code takes it in per cent, which
    leaves nothing of any text). Its "at most" asks for no floor: here d counts from 60 % of the limit
    downwards, so that saying nothing scores nothing. Words are counted as `prepare` counts them.
    """
    written, floor = count(text), FLOOR * limit
    if written > limit:
        return 100 * exp(-2 * (written - limit) / limit)
    return 100.0 if written >= floor else 100 * exp(5 * (written - floor) / floor)


def is_over(text: str, limit: int) -> bool:
    """Whether a text is more than a tenth longer than its limit."""
    return count(text) > SLACK * limit + 1e-9  # a tenth over 100 is 110, though 1.1 * 100 is a little more


def is_under(text: str, limit: int) -> bool:
    """Whether a text does not reach 60 % of its limit."""
    return count(text) < FLOOR * limit - 1e-9
