"""Length: how many texts are longer than they were asked to be."""

from collections.abc import Sequence

from train.evaluate.metrics.share import share
from train.prepare.words import count


def over_limit(texts: Sequence[tuple[str, int]]) -> float:
    """The share of texts with more words than their limit, counted as `prepare` counts; NaN for no texts.

    The at-most side of LIFEBench's length deviation (arXiv 2505.16234), as a share and not as a score.
    """
    return share(count(text) > limit for text, limit in texts)
