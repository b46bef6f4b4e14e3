"""Short-lived permissions that travel in an address or a header, as pre-signed uploads do."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass

_VALID_S = 3600


@dataclass(frozen=True)
class Grant:
    """A permission and when it ends, in seconds since 1970."""

    text: str
    expires_at: int


@dataclass(frozen=True)
class Signer:
    """Makes and checks grants; no state, so they outlive a restart of the Hub."""

    secret: bytes

    def grant(self, purpose: str) -> Grant:
        """A permission for one purpose."""
        expires_at = int(time.time()) + _VALID_S
        return Grant(f"{expires_at}.{self._mark(purpose, expires_at)}", expires_at)

    def is_valid(self, text: str, purpose: str) -> bool:
        """Whether this is a grant for that purpose which has not run out."""
        expires_at, _, mark = text.partition(".")
        if not expires_at.isdecimal() or int(expires_at) < time.time():
            return False
        return hmac.compare_digest(mark, self._mark(purpose, int(expires_at)))

    def _mark(self, purpose: str, expires_at: int) -> str:
        return hmac.new(self.secret, f"{expires_at}:{purpose}".encode(), hashlib.sha256).hexdigest()
