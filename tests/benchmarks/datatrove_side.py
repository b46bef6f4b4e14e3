"""What datatrove does of the same: PYTHON tests/benchmarks/datatrove_side.py CSV FOLDER, with its own Python.

It reads the CSV, repairs characters, masks addresses, drops near duplicates and writes the rows. It knows no
paragraphs, no splits, no Markdown and no leakage; its language filter needs a model from the network.
"""

import csv
import sys
from pathlib import Path

PARTS, BUCKETS = 4, 14


def main(corpus: Path, folder: Path) -> None:
    """Run its four steps, on two processes as `prepare` does."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.formatters import FTFYFormatter, PIIFormatter
    from datatrove.pipeline.readers.csv import CsvReader
    from datatrove.pipeline.writers import ParquetWriter

    part(corpus, folder / "parts")
    reading = [CsvReader(str(folder / "parts")), FTFYFormatter(), PIIFormatter()]
    signatures, buckets, removed = (str(folder / name) for name in ("signatures", "buckets", "removed"))
    steps = (
        (PARTS, [*reading, MinhashDedupSignature(signatures)]),
        (BUCKETS, [MinhashDedupBuckets(signatures, buckets)]),
        (1, [MinhashDedupCluster(buckets, removed)]),
        (PARTS, [*reading, MinhashDedupFilter(removed), ParquetWriter(str(folder / "rows"))]),
    )
    for number, (tasks, pipeline) in enumerate(steps):
        logs = str(folder / f"logs-{number}")
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=min(tasks, 2), logging_dir=logs).run()


def part(corpus: Path, folder: Path) -> None:
    """Deal the rows to as many files as there are tasks: one file is never read by two."""
    folder.mkdir(parents=True)
    with corpus.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    for number in range(PARTS):
        with (folder / f"{number:02}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows[number::PARTS]])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
