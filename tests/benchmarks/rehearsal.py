"""How long a first and a second rehearsal take: python -m tests.benchmarks.rehearsal"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.record import Claim, Found, Table, installed, now, record
from train.evaluate.report import Metrics
from train.run import ROOT, digest_of_code, read_result, write_text

RUNS = ROOT / "runs" / "benchmarks" / "rehearsed"
CODE, MADE_BY = ("train", "cards", "space"), "code.txt"
WRITTEN = ("structure", "bits_per_byte")
STEPS = ("base", "prepare", "tune", "evaluate", "bundle", "release")
ABOUT = """\
Seconds for `python -m train rehearse blog` in an empty folder (the base is trained first), and once more;
what strangers do with the released version is under `proofs`. Packages are installed beforehand. What it
leaves is the material of the benchmarks below."""
PACKAGES = ("torch", "transformers", "trl", "peft", "bitsandbytes", "datasets", "gradio", "huggingface_hub")


def main() -> None:
    """Rehearse twice in an empty folder and record the seconds."""
    since = now()
    shutil.rmtree(RUNS, ignore_errors=True)
    rows = {"first": rehearsed(RUNS), "second": rehearsed(RUNS)}
    claims = (*took(rows), *wrote(RUNS / "blog"))
    table = Table(("rehearsal", *rows["first"]), tuple((name, *row.values()) for name, row in rows.items()))
    record("rehearsal", since, Found("A whole rehearsal", ABOUT, claims, table), installed(*PACKAGES))


def took(rows: Mapping[str, Mapping[str, float]]) -> list[Claim]:
    """The seconds of each rehearsal."""
    return [Claim(f"the {name} rehearsal of `blog`", "s", row["all"]) for name, row in rows.items()]


def wrote(run: Path) -> list[Claim]:
    """What the rehearsed adapter writes, beside its base."""
    metrics = read_result(Metrics, run / "evidence" / "metrics.json", "make rehearse").metrics
    return [
        Claim(
            f"{each.label} on {each.over}",
            each.unit.replace("number", ""),
            each.adapter,
            "its base",
            each.base,
        )
        for each in metrics
        if each.name in WRITTEN
    ]


def ready() -> Path:
    """The runs of a rehearsal by the code as it is; one is made if it is not there."""
    made_by = RUNS / MADE_BY
    if not made_by.is_file() or made_by.read_text(encoding="utf-8") != digest_of_code(*CODE):
        rehearsed(RUNS)
    return RUNS


def rehearsed(runs: Path) -> dict[str, float]:
    """The seconds of each step of one rehearsal, of the proofs, and of the whole."""
    code = digest_of_code(*CODE)
    command = [sys.executable, "-m", "train", "rehearse", "blog", "--runs", str(runs)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    rehearsal = json.loads((runs / "blog" / "rehearsal.json").read_text(encoding="utf-8"))
    write_text(runs / MADE_BY, code)
    told = {step["name"]: step["seconds"] for step in rehearsal["steps"]}
    steps = {name: float(told[name]) for name in STEPS}
    return steps | {"proofs": rehearsal["seconds"] - sum(steps.values()), "all": rehearsal["seconds"]}


if __name__ == "__main__":
    main()
