"""Whether llama.cpp runs on this machine, tried in a process of its own.

It is compiled for a processor and may meet another one; weights that are turned for AMX end the process where
a compiler or a machine only claims to know it. So: `python -m engines.trial GGUF turned`.
"""

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Literal

from engines.model import Base, Prompt

Way = Literal["turned", "plain"]  # how the weights lie in memory; turned ones are read several times as fast
PATIENCE_S = 300
LENGTHS = (40, 1)  # many tokens, few and one take ways of their own


@cache
def way(gguf: Path) -> Way | None:
    """The quickest way in which this base can be read here, if there is one."""
    return next((way for way in ("turned", "plain") if _survived(gguf, way)), None)


def _survived(gguf: Path, way: Way) -> bool:
    command = [sys.executable, "-m", "engines.trial", str(gguf), way]
    space = Path(__file__).parent.parent
    try:
        done = subprocess.run(command, cwd=space, timeout=PATIENCE_S, capture_output=True)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _tried(gguf: Path, way: str) -> bool:
    import numpy as np

    from engines.llama import LlamaModel

    model = LlamaModel(Base(gguf.parent, frozenset(), 64, None, gguf), len(LENGTHS), way == "turned")
    read = [model.join([Prompt([0] * length, "") for length in LENGTHS]), model.step([0, 0])]
    model.keep([1])
    return all(np.isfinite(logits).all() for logits in (*read, model.step([0])))


if __name__ == "__main__":
    sys.exit(not _tried(Path(sys.argv[1]), sys.argv[2]))
