"""Personal data that was taken out of the texts, as fingerprints: known again, and not to be read."""

import re
from collections.abc import Iterable, Mapping

from train.prepare.scan.addresses import AT, DOT
from train.prepare.scan.personal import mentions
from train.run import digest_of

Removed = Mapping[str, frozenset[str]]  # kind -> fingerprints
DIGITS = 9  # the last ones of a telephone number are the same with and without the code of a country


def fingerprints(text: str, salt: str) -> Removed:
    """The fingerprint of every piece of personal data in the text, however it is spelt there."""
    found: dict[str, set[str]] = {}
    for kind, said in mentions(text):
        found.setdefault(kind, set()).add(digest_of(salt, kind, _spelt(kind, said)))
    return {kind: frozenset(each) for kind, each in found.items()}


def joined(parts: Iterable[Mapping[str, Iterable[str]]]) -> Mapping[str, tuple[str, ...]]:
    """All fingerprints of each kind, sorted, to be written down."""
    found: dict[str, set[str]] = {}
    for part in parts:
        for kind, each in part.items():
            found.setdefault(kind, set()).update(each)
    return {kind: tuple(sorted(each)) for kind, each in found.items()}


def _spelt(kind: str, said: str) -> str:
    """One spelling for all that mean the same."""
    if kind == "phone":
        return re.sub(r"\D", "", said)[-DIGITS:]
    if kind == "e-mail":
        plain = re.sub(rf"\s*{AT}\s*| at ", "@", said, flags=re.IGNORECASE)
        return re.sub(rf"\s*{DOT}\s*| dot ", ".", plain, flags=re.IGNORECASE).casefold()
    return re.sub(r"[ -]", "", said).casefold()
