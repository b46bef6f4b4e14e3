"""What a benchmark leaves: one typed file in results/, from which the page is rendered."""

import importlib.metadata
import os
import platform
import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from train.run import as_json, read_result, write_text

RESULTS = Path(__file__).parent / "results"
NAMES = ("rehearsal", "prepare", "large", "tune", "evaluate", "release", "space", "hub")  # as on the page
DIGITS = 4
Cell = str | int | float | None


@dataclass(frozen=True)
class Claim:
    """One line of the page's first table; without a rival it is a plain figure."""

    what: str
    unit: str
    ours: int | float
    rival: str = ""
    other: int | float | None = None
    times: float | None = None  # how much better this project is: the median of the turns
    least: float | None = None
    most: float | None = None
    turns: int = 1


@dataclass(frozen=True)
class Table:
    """Figures as they were measured."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Found:
    """What a benchmark has to say: how it measures, what came out, what could not be run and why."""

    title: str
    about: str
    claims: tuple[Claim, ...] = ()
    table: Table = Table((), ())
    not_run: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """`results/NAME.json`: what was found; when, where, with what, and what else the machine did."""

    name: str
    date: str
    machine: str
    others: float  # cores that other programs had meanwhile, on average
    minutes: float
    versions: dict[str, str]
    found: Found


@dataclass(frozen=True)
class Moment:
    """Seconds so far: by the clock, of the machine's processors, and of them this program's."""

    clock_s: float
    busy_s: float
    own_s: float


def now() -> Moment:
    """This moment: a benchmark's first line."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Moment(time.monotonic(), _busy_s(), sum(each.ru_utime + each.ru_stime for each in used))


def _busy_s() -> float:
    """What the kernel has counted as not idle; what the machine's owner took for others counts too."""
    user, nice, system, _, _, *rest = map(int, Path("/proc/stat").read_text().split(maxsplit=9)[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def record(name: str, since: Moment, found: Found, versions: Mapping[str, str]) -> Path:
    """Write what was found to `results/NAME.json`: a benchmark's last line."""
    end = now()
    took = end.clock_s - since.clock_s
    others = max(0.0, end.busy_s - since.busy_s - (end.own_s - since.own_s)) / took
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    used = {"python": platform.python_version(), **versions}
    return keep(Record(name, date, machine(), round(others, 2), round(took / 60, 1), used, _rounded(found)))


def keep(kept: Record) -> Path:
    """Write a record in the place of the one before; say where."""
    path = RESULTS / f"{kept.name}.json"
    write_text(path, as_json(kept))
    return path


def kept() -> dict[str, Record]:
    """The records that are there, in the page's order."""
    paths = {name: RESULTS / f"{name}.json" for name in NAMES}
    return {
        name: read_result(Record, path, f"make bench ONLY={name}")
        for name, path in paths.items()
        if path.is_file()
    }


def failed(name: str, why: str) -> Path:
    """Keep what a benchmark found the last time, and say that it could not be run today, and why."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    empty = Record(name, today, machine(), 0.0, 0.0, {}, Found(name.capitalize(), ""))
    last = kept().get(name, empty)
    not_run = last.found.not_run | {f"on {today}": why}
    return keep(replace(last, found=replace(last.found, not_run=not_run)))


def beside(
    what: str, unit: str, ours: Sequence[float], rival: str, others: Sequence[float], *, more: bool
) -> Claim:
    """A claim from turns in which both were measured; `more` says that the larger figure is the better."""
    pairs = list(zip(ours, others, strict=True))
    times = [mine / other if more else other / mine for mine, other in pairs]
    return Claim(
        *(what, unit, median(ours), rival, median(others)),
        *(median(times), min(times), max(times), len(times)),
    )


def installed(*packages: str) -> dict[str, str]:
    """The versions of those packages that are here, by the names under which they are imported."""
    named = importlib.metadata.packages_distributions()
    here = [named[package][0] for package in packages if package in named]
    return {name: importlib.metadata.version(name) for name in here}


def machine() -> str:
    """The processor and how many cores of it this process may use; the GPU, if there is one."""
    source = Path("/proc/cpuinfo")
    lines = source.read_text(encoding="utf-8").splitlines() if source.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(os.sched_getaffinity(0))} cores, {names[0] if names else platform.machine()}"


def _rounded(found: Found) -> Found:
    rows = tuple(tuple(_short(cell) for cell in row) for row in found.table.rows)
    claims = tuple(map(_short_claim, found.claims))
    return replace(found, claims=claims, table=Table(found.table.columns, rows))


def _short_claim(claim: Claim) -> Claim:
    values: dict[str, Any] = {name: _short(value) for name, value in vars(claim).items()}
    return Claim(**values)


def _short(cell: Cell) -> Cell:
    return float(f"{cell:.{DIGITS}g}") if isinstance(cell, float) else cell
