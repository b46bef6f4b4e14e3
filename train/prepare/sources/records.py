"""The records of a file of separated values, and what is saved of it when a quote was left open."""

import csv
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import islice, tee
from typing import TextIO

LONGEST_CELL = 32 * 1024 * 1024  # characters; a quote left open takes in all that follows
MOST_LINES = 200_000  # of one record
READ_AGAIN = 4  # times the file at most, in search of the next good record
CUT = "unexpected end of data"  # the reader's own words
SAID = {
    CUT: "a quote is opened and never closed",
    "',' expected after '\"'": "a quote within quotes is not doubled",
}


@dataclass(frozen=True)
class Record:
    """The cells between two lines of a file, counted from 1 as an editor does; none if they are broken."""

    first: int
    last: int
    cells: Sequence[str] = ()
    why: str = ""  # it is broken
    runs_on: bool = False  # what follows may be the rest of it


@dataclass
class _Lines:
    rest: Iterator[str]  # from the first line that belongs to no record yet
    taken: int = 0
    tried: int = 0  # in vain

    def take(self, number: int) -> tuple[int, int]:
        """The first and the last of the next lines, which are done with."""
        deque(islice(self.rest, number), maxlen=0)
        self.taken += number
        return self.taken - number + 1, self.taken

    def give_up(self, number: int, why: str, runs_on: bool) -> Record:
        """Leave out the first line of a bad record, or all of it once too much has been read again."""
        self.tried += number
        lost = 1 if self.tried <= READ_AGAIN * (self.taken + MOST_LINES) else number
        return Record(*self.take(lost), why=why, runs_on=runs_on or number > 1)


def records(
    file: TextIO, separator: str, believable: Callable[[Sequence[str]], bool] = bool
) -> Iterator[Record]:
    """Every record with as many cells as the first has, and the broken ones in between.

    What a quote left open had taken in is read again line by line. That may be the middle of somebody's
    text, so there a record counts only if it is `believable`.
    """
    broken: Record | None = None
    for record in _pieces(_Lines(tee(file, 1)[0]), separator):
        if broken and broken.runs_on and (record.why or not believable(record.cells)):
            broken = replace(broken, last=record.last)
            continue
        if broken:
            yield broken
        broken = record if record.why else None
        if not broken:
            yield record
    if broken:
        yield broken


def _pieces(lines: _Lines, separator: str) -> Iterator[Record]:
    csv.field_size_limit(LONGEST_CELL)
    width = 0
    while True:
        reader = csv.reader(islice(copy(lines.rest), MOST_LINES), delimiter=separator, strict=True)
        start, why, quoted = lines.taken, "", False
        try:
            for cells in reader:
                number = start + reader.line_num - lines.taken
                width = width or len(cells)
                if cells and len(cells) != width:
                    why = f"cells: {len(cells)}, where the first line has {width}"
                    break
                place = lines.take(number)
                if cells:
                    yield Record(*place, cells)
        except csv.Error as error:
            why, quoted = str(error), True
        number = start + reader.line_num - lines.taken
        if why == CUT and lines.taken > start:
            continue  # the record began late among these lines: look at it with more of what follows
        if why:
            yield lines.give_up(number, SAID.get(why, why), quoted)
        elif lines.taken == start:
            return
