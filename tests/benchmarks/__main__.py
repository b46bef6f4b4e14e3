"""Every benchmark, one after another, and the page: python -m tests.benchmarks [NAME ...]"""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from tests.benchmarks import page, record
from train.run import ROOT

LONG = ("large",)  # only if it is named


def main(words: Sequence[str] | None = None) -> int:
    """Run those that are named, or all but the long ones; each leaves its record before the next begins."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(record.NAMES))
    names = parser.parse_args(words).names or [name for name in record.NAMES if name not in LONG]
    if strange := sorted(set(names) - set(record.NAMES)):
        parser.error(f"there is no benchmark {strange[0]}; there are {', '.join(record.NAMES)}")
    try:
        ended_well = [measured(name) for name in names]
    except KeyboardInterrupt:
        print(f"\nStopped; {page.PAGE} has what was measured before.", file=sys.stderr)
        return 130
    return 0 if all(ended_well) else 1


def measured(name: str) -> bool:
    """Run one in a process of its own and renew the page; whether it ended well."""
    print(f"{name} …", flush=True)
    command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
    # After Ctrl-C `run` would kill it at once; it has folders and a Hub to put away.
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        _, told = process.communicate()
    if process.returncode:
        print(told, file=sys.stderr)
        record.failed(name, reason(told))
    page.main()
    return not process.returncode


def reason(told: str) -> str:
    """The error that a program told, or else the last thing it said before it gave up."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error: ")]
    return [*(lines or ["it said nothing"]), *errors][-1]


if __name__ == "__main__":
    sys.exit(main())
