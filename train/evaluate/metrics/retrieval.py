"""Retrieval: of all the titles that were asked for, does a text find its own?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from train.evaluate.metrics.tokens import IS_UNSPACED, folded, words
from train.evaluate.metrics.topic import STEM, STOP_WORDS, body

Floats = NDArray[np.float64]
EQUAL = 1e-9  # closer scores are one


@lru_cache(maxsize=4)
def ranks(texts: tuple[str, ...], titles: tuple[str, ...]) -> Floats:
    """The place of each text's own title among all titles, by their likeness to the text: 1 is the first.

    Likeness is the cosine of TF-IDF vectors (Salton and Buckley, 1988) with idf = 1 + ln((1 + N) / (1 + n))
    over the N different titles and tf = 1 + ln(count), over stems; where a script puts no spaces, over pairs
    of signs. The title's own line does not count. A title that is no more alike than another stands behind
    it, so that a text which is like none finds nothing. NaN for a title without words, and for a sole title.
    """
    asked = [folded(title) for title in titles]
    known = sorted({title for title in asked if _terms(title)})
    if len(known) < 2:
        return np.full(len(texts), np.nan)
    places = {title: place for place, title in enumerate(known)}
    found = _likeness([body(text, title) for text, title in zip(texts, titles, strict=True)], known)
    own = [places.get(title) for title in asked]
    return np.array(
        [np.nan if place is None else _rank(row, place) for row, place in zip(found, own, strict=True)]
    )


def is_first(ranked: Floats) -> Floats:
    """1 for every text that finds its own title first, 0 for the others; the mean is accuracy at 1."""
    return np.where(np.isnan(ranked), np.nan, ranked == 1)


def reciprocal(ranked: Floats) -> Floats:
    """1 over every text's rank; the mean is the mean reciprocal rank (Voorhees, TREC-8, 1999)."""
    return 1 / ranked


def _rank(likeness: Floats, own: int) -> float:
    return float((likeness >= likeness[own] - EQUAL).sum())


def _likeness(texts: Sequence[str], titles: Sequence[str]) -> Floats:
    """A row a text, a column a title; a text's own length is left out, since it changes no order."""
    bags = [_terms(title) for title in titles]
    homes = Counter(term for bag in bags for term in bag)
    terms = {term: place for place, term in enumerate(sorted(homes))}
    idf = np.array([1 + np.log((1 + len(titles)) / (1 + homes[term])) for term in terms])
    asked = _matrix(bags, terms) * idf
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    written = _matrix([_terms(text) for text in texts], terms) * idf
    return np.asarray(written @ asked.T)


def _matrix(bags: Sequence[Mapping[str, int]], terms: Mapping[str, int]) -> Floats:
    matrix = np.zeros((len(bags), len(terms)))
    for row, bag in zip(matrix, bags, strict=True):
        for term in bag.keys() & terms.keys():
            row[terms[term]] = 1 + np.log(bag[term])
    return matrix


def _terms(text: str) -> Counter[str]:
    """Stems of a text's words, or pairs of signs; stop words only where there is nothing else."""
    found = words(text)
    spaced, pairs = found, []
    if IS_UNSPACED.search(text):
        spaced = tuple(word for word in found if not IS_UNSPACED.match(word))
        pairs = [
            one + other
            for one, other in pairwise(found)
            if IS_UNSPACED.match(one) and IS_UNSPACED.match(other)
        ]
    telling = [_stem(word) for word in spaced if word not in STOP_WORDS] + pairs
    return Counter(telling or map(_stem, found))


def _stem(word: str) -> str:
    """The first letters of a word: "city's" and "city" meet, and so do "bee" and "bees"."""
    bare = word.removesuffix("'s")
    return (bare[:-1] if len(bare) > 3 and bare.endswith("s") and not bare.endswith("ss") else bare)[:STEM]
