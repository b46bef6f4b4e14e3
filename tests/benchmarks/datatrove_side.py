"""What datatrove does of the same, by its own Python: PYTHON tests/benchmarks/datatrove_side.py PARTS FOLDER

It reads the CSV, drops near duplicates, repairs characters, masks addresses and writes the rows, each once.
It knows no paragraphs, splits, Markdown or leakage; its language filter needs a model from the network.
"""

import sys
from pathlib import Path

BUCKETS = 14


def main(parts: Path, folder: Path) -> None:
    """Run its four steps, on two processes as `prepare` does; a task for each file of the corpus."""
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

    tasks = len(list(parts.iterdir()))
    reader = CsvReader(str(parts))
    signatures, buckets, removed = (str(folder / name) for name in ("signatures", "buckets", "removed"))
    mended = [FTFYFormatter(), PIIFormatter(), ParquetWriter(str(folder / "rows"))]
    steps = (
        (tasks, [reader, MinhashDedupSignature(signatures)]),
        (BUCKETS, [MinhashDedupBuckets(signatures, buckets)]),
        (1, [MinhashDedupCluster(buckets, removed)]),
        (tasks, [reader, MinhashDedupFilter(removed), *mended]),
    )
    for number, (wanted, pipeline) in enumerate(steps):
        logs = str(folder / f"logs-{number}")
        LocalPipelineExecutor(pipeline, tasks=wanted, workers=min(wanted, 2), logging_dir=logs).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
