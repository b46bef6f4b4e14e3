"""Shares: the one way a claim about each text becomes a figure about all of them."""

from collections.abc import Iterable
from statistics import fmean


def share(claims: Iterable[bool]) -> float:
    """The part of `claims` that is true; NaN if there are none, for nothing was shown."""
    held = list(claims)
    return fmean(held) if held else float("nan")
