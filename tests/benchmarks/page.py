"""The records as one page: python -m tests.benchmarks.page writes RESULTS.md, and README.md's table of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from tests.benchmarks.record import NAMES, Cell, Claim, Record, kept
from train.run import ROOT, write_text

PAGE = Path(__file__).parent / "RESULTS.md"
README = ROOT / "README.md"
OPENS, CLOSES = "<!-- measured: `make bench` writes this -->\n", "<!-- measured -->\n"
HUNDRED, TEN = 100, 10


def main() -> None:
    """Write the page, and its first table into the README."""
    records = kept()
    write_text(PAGE, rendered(records))
    write_text(README, with_table(README.read_text(encoding="utf-8"), in_short(few(records))))


def rendered(records: Mapping[str, Record]) -> str:
    """The whole page: the same records, the same bytes."""
    missing = [name for name in NAMES if name not in records]
    return _template("results.md.jinja").render(
        records=records.values(), missing=missing, in_short=in_short(records)
    )


def few(records: Mapping[str, Record]) -> dict[str, Record]:
    """What the README shows of them: not the embedded Hub's, and of several rivals the strongest."""
    return {
        name: replace(each, found=replace(each.found, claims=strongest(each.found.claims)))
        for name, each in records.items()
        if name != "hub"
    }


def strongest(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Of claims about the same, the one that says the least for this project."""
    found: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        named = (claim.what, claim.unit)
        if named not in found or (claim.times or inf) < (found[named].times or inf):
            found[named] = claim
    return tuple(found.values())


def in_short(records: Mapping[str, Record]) -> str:
    """The page's first table."""
    return _template("in_short.md.jinja").render(records=records.values()).rstrip()


def with_table(readme: str, table: str) -> str:
    """The README with this table between its two marks; without marks, as it is."""
    return re.sub(
        f"(?<={re.escape(OPENS)}).*?(?={re.escape(CLOSES)})", lambda _: f"\n{table}\n\n", readme, flags=re.S
    )


def shown(cell: Cell) -> str:
    """A figure with as many decimals as it is worth; words as they are."""
    if not isinstance(cell, float):
        return "" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell
    return f"{cell:,.0f}" if cell >= HUNDRED else f"{cell:.1f}" if cell >= TEN else f"{cell:.2f}"


def times(claim: Claim) -> str:
    """How many times better, and between which bounds if it was tried more than once."""
    if claim.turns == 1 or claim.times is None:
        return shown(claim.times)
    return f"{shown(claim.times)} ({shown(claim.least)} to {shown(claim.most)})"


def _template(name: str) -> Template:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"shown": shown, "times": times}
    return made.get_template(name)


if __name__ == "__main__":
    main()
