"""Invented writers whose prose is unlike anybody's corpus: the distractors of `style.py`."""

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType


@lru_cache(maxsize=1)
def texts() -> MappingProxyType[str, str]:
    """What each of them wrote, by name."""
    files = sorted(Path(__file__).parent.glob("*.txt"))
    return MappingProxyType({path.stem: path.read_text(encoding="utf-8") for path in files})
