"""Holm's correction: of several questions asked at once, one is answered yes by chance soon enough."""

from collections.abc import Mapping
from math import isfinite


def holm(values: Mapping[str, float]) -> dict[str, float]:
    """The p values corrected for their number: below 0.05 then means so for all of them together.

    The smallest is multiplied by their number, the next by one less, and so on, none below the one before
    it and none above 1 (S. Holm, Scandinavian Journal of Statistics 6, 1979). What is no figure counts as 1.
    """
    known = {name: value if isfinite(value) else 1.0 for name, value in values.items()}
    corrected: dict[str, float] = {}
    largest = 0.0
    for place, name in enumerate(sorted(known, key=lambda name: (known[name], name))):
        largest = max(largest, min(1.0, known[name] * (len(known) - place)))
        corrected[name] = largest
    return corrected
