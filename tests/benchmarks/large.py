"""What `prepare` takes on a gigabyte: python -m tests.benchmarks.large (about seven minutes)"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import articles
from tests.benchmarks.prepare import PACKAGES, prepared, table
from tests.benchmarks.record import Claim, Found, installed, now, record

MEGABYTES = 1000
ABOUT = """\
The same `prepare` on 1,000 million bytes, once and alone: the memory stays where it was."""


def main() -> None:
    """Prepare a gigabyte and record what it took."""
    since = now()
    with TemporaryDirectory(prefix="imprint-bench-") as place:
        corpus = Path(place) / "articles.csv"
        articles.write(corpus, MEGABYTES)
        cost = prepared(corpus)
    claims = (
        Claim("cleaning 1 GB of articles", "s", cost.wall_s),
        Claim("cleaning 1 GB of articles, all processes together", "peak MB", cost.peak_mb),
    )
    figures = table({"prepare": [cost]}, MEGABYTES)
    record("large", since, Found("Cleaning a gigabyte", ABOUT, claims, figures), installed(*PACKAGES))


if __name__ == "__main__":
    main()
