"""How far something has come: a bar on a terminal, a line now and then elsewhere."""

import sys
import time

from tqdm import tqdm

NOW_AND_THEN_S = 30.0


class Bar(tqdm):  # type: ignore[type-arg]  # it counts, and hands nothing on
    """A bar on stderr if a person looks at it; else a line every half minute."""

    def __init__(self, what: str, unit: str, total: int | None = None, done: int = 0) -> None:
        super().__init__(total=total, initial=done, desc=what, unit=f" {unit}s", disable=None, delay=1)
        self.what, self.of = what, unit
        self.said = time.monotonic()

    def update(self, n: float | None = 1) -> bool | None:
        """Move it on."""
        if not self.disable:
            return super().update(n)
        self.n += n or 0
        now = time.monotonic()
        if now - self.said >= NOW_AND_THEN_S:
            self.said = now
            total = f" of {self.total:,}" if self.total else ""
            print(f"{self.what}: {self.n:,}{total} {self.of}s", file=sys.stderr, flush=True)
        return None
