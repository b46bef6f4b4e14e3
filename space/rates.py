"""How often one client may ask: a bucket each, full at first, filled again evenly over a minute."""

import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

VARIABLE = "IMPRINT_RATE"  # requests a minute for each client
PER_MINUTE = 600
CLIENTS = (
    10_000  # remembered; the longest unseen is forgotten first, with a bucket that is full again by then
)


@dataclass(frozen=True)
class Left:
    """What a client may still ask for."""

    per_minute: int
    requests: int
    wait_s: int  # until the next request is let in; 0 if this one is

    @property
    def headers(self) -> dict[str, str]:
        """The same for clients, as the Hub says it."""
        told = {
            "RateLimit": f'"requests";r={self.requests};t={max(self.wait_s, 1)}',
            "RateLimit-Policy": f'"requests";q={self.per_minute};w=60',
        }
        return told | ({"Retry-After": str(self.wait_s)} if self.wait_s else {})


class Rates:
    """The buckets of all clients."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self.per_minute = per_minute
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()  # requests left, and when
        self._lock = Lock()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Rates":
        """As the Space's variable says; what is no positive number is as if it were not there."""
        asked = environment.get(VARIABLE, "")
        return cls(int(asked) if asked.isdecimal() and int(asked) else PER_MINUTE)

    def take(self, client: bytes, now_s: float) -> Left:
        """Count one request of `client`, or say how long it has to wait."""
        with self._lock:
            left, seen_s = self._buckets.pop(client, (float(self.per_minute), now_s))
            left = min(self.per_minute, left + (now_s - seen_s) * self.per_minute / 60)
            let_in = left >= 1
            left -= let_in
            self._buckets[client] = left, now_s
            if len(self._buckets) > CLIENTS:
                self._buckets.popitem(last=False)
        wait_s = 0 if let_in else math.ceil((1 - left) * 60 / self.per_minute)
        return Left(self.per_minute, int(left), wait_s)
