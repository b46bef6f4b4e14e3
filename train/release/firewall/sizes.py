"""How large a file of a version may be: beyond that it is a mistake, or the Hub would refuse it."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from train.release.firewall.found import Leak

MB, GB = 10**6, 10**9
MOST = {".parquet": 50 * GB, ".safetensors": 8 * GB, ".gguf": 8 * GB}
TEXT, TOKENIZER = 20 * MB, 100 * MB
LARGE_TEXTS = frozenset({"tokenizer.json", "vocab.json", "merges.txt", "samples.jsonl", "documents.jsonl"})
TEXTS = GB  # of one commit, what is neither rows nor weights


def oversized(sizes: Mapping[str, int]) -> Iterator[Leak]:
    """The files of one repository that are larger than such a file can be, and all texts together."""
    for path, size in sorted(sizes.items()):
        if size > (most := _most(PurePosixPath(path))):
            yield Leak("", f"it has {_said(size)}, and no such file has more than {_said(most)}", file=path)
    total = sum(size for path, size in sizes.items() if PurePosixPath(path).suffix not in MOST)
    if total > TEXTS:
        yield Leak("", f"the texts have {_said(total)}; the Hub takes {_said(TEXTS)} in one commit")


def _most(path: PurePosixPath) -> int:
    return MOST.get(path.suffix, TOKENIZER if path.name in LARGE_TEXTS else TEXT)


def _said(size: int) -> str:
    return f"{size / GB:.1f} GB" if size >= GB else f"{size / MB:.1f} MB"
