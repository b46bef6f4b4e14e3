"""How many cores this process may use: a container often has fewer than its machine."""

import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")
SMALL = 20_000_000  # weights; below, a second core costs more than it does
SIBLINGS = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"


def cores(weights: int) -> int:
    """Physical cores for a model of this size, as far as the container's quota reaches."""
    if weights < SMALL:
        return 1
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    physical = len({_core(cpu) for cpu in allowed})
    return max(1, min(physical, int(quota(QUOTA.read_text()))) if QUOTA.is_file() else physical)


def quota(limits: str) -> float:
    """The cores that a control group's `cpu.max` grants."""
    granted, period = limits.split()
    return float("1e9") if granted == "max" else int(granted) / int(period)


def _core(cpu: int) -> str:
    siblings = Path(SIBLINGS.format(cpu))
    return siblings.read_text() if siblings.is_file() else str(cpu)
