"""Short-lived permissions that travel in an address or a header, as pre-signed uploads do."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

import jwt

_VALID_S = 3600
_MOMENT = re.compile(r"[0-9]{1,12}")


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
        if not _MOMENT.fullmatch(expires_at) or int(expires_at) < time.time():
            return False
        return hmac.compare_digest(mark.encode(), self._mark(purpose, int(expires_at)).encode())

    def token(self, purpose: str, values: Mapping[str, object], valid_s: int) -> str:
        """A web token that carries values for one purpose."""
        return jwt.encode({**values, "aud": purpose, "exp": int(time.time()) + valid_s}, self.secret, "HS256")

    def read(self, token: str, purpose: str) -> Mapping[str, object] | None:
        """The values of a web token; None if it is not this Hub's, not for that purpose, or has run out."""
        try:
            return jwt.decode(token, self.secret, ["HS256"], {"require": ["exp"]}, audience=purpose)
        except (jwt.PyJWTError, RecursionError):
            return None

    def _mark(self, purpose: str, expires_at: int) -> str:
        return hmac.new(self.secret, f"{expires_at}:{purpose}".encode(), hashlib.sha256).hexdigest()
