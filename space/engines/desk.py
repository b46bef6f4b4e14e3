"""Many texts over one model: they join and leave while others are written, one token each at a time.

The thread that writes them ends with the last of them. OpenMP keeps helpers for every thread that has
computed, and once there are more of them than cores they sleep between two sums: to wake them takes longer
than many a sum.
"""

from collections.abc import Iterator, Sequence
from threading import Lock, Thread, current_thread

from engines.model import LeftError, Logits, Model, OutOfMemoryError
from engines.row import NO_MEMORY, Piece, Row
from engines.shelf import Shelf
from orders import RefusedError

QUEUE = 64  # texts that may wait
FULL = RefusedError("busy", "Too many texts are asked for right now. Please try again in a minute.")
CLOSED = RefusedError("busy", "This Space is being stopped.")
BROKEN = RefusedError("failed", "Something broke while this was written: the Space's log says what.")


class Desk:
    """Texts that wait, texts in work, and the thread that writes them."""

    def __init__(self, model: Model, shelf: Shelf, at_once: int) -> None:
        self.name = model.name
        self._model, self._shelf, self._at_once = model, shelf, at_once
        self._waiting: list[Row] = []
        self._rows: list[Row] = []
        self._lock = Lock()
        self._open = True
        self._thread: Thread | None = None

    @property
    def waiting(self) -> int:
        """How many texts wait for their turn."""
        return len(self._waiting)

    @property
    def writing(self) -> int:
        """How many texts are in work."""
        return len(self._rows)

    def write(self, row: Row) -> Iterator[list[Piece]]:
        """What comes of a row, as soon as there is room for it; nothing now and then, while it waits."""
        self._take(row)
        try:
            yield from row.heard()
        finally:
            self._stop(row)

    def ahead(self, row: Row) -> int:
        """How many texts come first, as long as a row waits."""
        waiting = list(self._waiting)
        return waiting.index(row) if row in waiting else 0

    def close(self) -> None:
        """End every text."""
        with self._lock:
            self._open, thread = False, self._thread
        if thread:
            thread.join(timeout=10)

    def _take(self, row: Row) -> None:
        with self._lock:
            if not self._open:
                raise CLOSED
            if len(self._waiting) >= QUEUE:
                raise FULL
            self._waiting.append(row)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="desk", daemon=True)
                self._thread.start()

    def _stop(self, row: Row) -> None:
        with self._lock:
            row.stopped = True
            self._waiting = [each for each in self._waiting if each is not row]

    def _work(self) -> None:
        try:
            self._model.keep([])  # a thread that broke may have left something
            while self._something_to_do():
                self._let_go([row for row in self._rows if not row.stopped])
                self._admit()
                if self._rows:
                    self._step()
        finally:
            self._end(BROKEN if self._open else CLOSED)

    def _something_to_do(self) -> bool:
        """Whether this thread goes on; if not because there is nothing left, the next text starts another."""
        with self._lock:
            more = bool(self._rows or self._waiting)
            if not more:
                self._thread = None
            return more and self._open

    def _end(self, why: RefusedError) -> None:
        """Tell all those whose thread this still is."""
        with self._lock:
            if self._thread is not current_thread():
                return
            for row in [*self._rows, *self._waiting]:
                row.pieces.put(why)
            self._rows, self._waiting, self._thread = [], [], None

    def _let_go(self, live: Sequence[Row]) -> None:
        if len(live) < len(self._rows):
            self._model.keep([at for at, row in enumerate(self._rows) if row in live])
            self._rows = list(live)

    def _admit(self) -> None:
        """Let those in who have waited longest, as far as rows and adapters go."""
        new: list[Row] = []
        for row in list(self._waiting):
            if len(self._rows) + len(new) >= self._at_once or not self._ready(row, new):
                break
            with self._lock:
                self._waiting = [each for each in self._waiting if each is not row]
            new.append(row)
        self._join(new)

    def _ready(self, row: Row, new: Sequence[Row]) -> bool:
        """Whether a row's adapter is in memory now, or it is refused; not if all those there are in use."""
        if row.adapter is None:
            return True
        try:
            return self._shelf.has(row.adapter, {each.key for each in (*self._rows, *new)})
        except OutOfMemoryError:
            self._refuse(row, NO_MEMORY)
        except (OSError, ValueError) as error:
            reason = str(error).strip().split("\n", 1)[0]
            self._refuse(row, RefusedError("failed", f"This version cannot be loaded: {reason}"))
        return True

    def _join(self, new: Sequence[Row]) -> None:
        """Read the new prompts; if memory does not last for all of them, one by one."""
        new = [row for row in new if not row.stopped]
        if not new:
            return
        try:
            logits = self._model.join([row.so_far() for row in new], lambda: self._wanted(new))
        except LeftError:
            for row in new:
                row.pieces.put(CLOSED)
            return
        except OutOfMemoryError:
            for row in new if len(new) > 1 else ():
                self._join([row])
            if len(new) == 1:
                self._refuse(new[0], NO_MEMORY)
            return
        self._rows += new
        self._choose(new, logits)

    def _wanted(self, rows: Sequence[Row]) -> bool:
        return self._open and not all(row.stopped for row in rows)

    def _step(self) -> None:
        try:
            logits = self._model.step([row.ids[-1] for row in self._rows])
        except OutOfMemoryError:
            self._make_room()
            return
        self._choose(self._rows, logits)

    def _make_room(self) -> None:
        """Give up the text that came last, and read the others again: the model has lost them."""
        rows, self._rows = self._rows, []
        self._model.keep([])
        self._refuse(rows.pop(), NO_MEMORY)
        self._join(rows)

    def _choose(self, rows: Sequence[Row], logits: Logits) -> None:
        """Put the next token behind these rows, and let those go that have ended."""
        ended = {id(row) for row, each in zip(rows, logits, strict=True) if not row.goes_on(each)}
        self._let_go([row for row in self._rows if id(row) not in ended])

    @staticmethod
    def _refuse(row: Row, why: RefusedError) -> None:
        row.stopped = True
        row.pieces.put(why)
