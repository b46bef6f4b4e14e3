"""The embedded Hub and news service, for as long as something is rehearsed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from train.advice import AGAIN
from train.errors import ImprintError
from train.rehearse import newswire
from train.rehearse.hub.process import running_hub
from train.rehearse.steps import QUIET
from train.run import alone

EPOCH = 1_767_225_600  # 2026-01-01: with one date on every commit, the same content gets the same ids
ROOM_MB = 500


@contextmanager
def embedded(runs: Path, again: str, *hub_arguments: str) -> Iterator[dict[str, str]]:
    """The environment that points at them; `again` is what is typed to go on after a mishap."""
    runs.mkdir(parents=True, exist_ok=True)
    free_mb = shutil.disk_usage(runs).free // 2**20
    if free_mb < ROOM_MB:
        raise ImprintError(f"{runs} has {free_mb} MB left; a rehearsal needs {ROOM_MB}.", fix=f"df -h {runs}")
    hub_alone = running_hub(runs / "hub", epoch=EPOCH, arguments=hub_arguments)
    with alone(runs), hub_alone as hub, newswire.running() as news:
        services = {"MEDIASTACK_ENDPOINT": news, "MEDIASTACK_KEY": newswire.KEY}
        yield os.environ | hub.environment(runs / "cache") | services | QUIET | {AGAIN: again}
