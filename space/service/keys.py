"""Who may ask for texts: bearers of a token from the Space's secret."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

SECRET = "IMPRINT_TOKENS"  # noqa: S105 (the secret's name; one token or several, apart by blanks or commas)
OTHER_HEADER = "X-API-Key"  # for private Spaces, where the Hub's own token may stand in Authorization


@dataclass(frozen=True)
class Keys:
    """Digests of the tokens that are let in; the tokens themselves are not kept."""

    digests: tuple[bytes, ...]

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Keys":
        """The tokens of the Space's secret; none is possible."""
        tokens = re.split(r"[\s,]+", environment.get(SECRET, "").strip(" \t\r\n,"))
        return cls(tuple(_digest(each.encode()) for each in tokens if each))

    def holder(self, headers: Mapping[str, str]) -> bytes | None:
        """Who asks, as a digest; None if no token of ours is there."""
        found = None
        for token in _given(headers):
            for digest in self.digests:  # all of them, so that the time taken tells nothing
                if hmac.compare_digest(_digest(token), digest):
                    found = digest
        return found


def _given(headers: Mapping[str, str]) -> list[bytes]:
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    tokens = [bearer.strip() if scheme.lower() == "bearer" else "", headers.get(OTHER_HEADER.lower(), "")]
    return [token.encode("latin-1", "replace") for token in tokens if token]


def _digest(token: bytes) -> bytes:
    return sha256(token).digest()
