"""Memory in large pages: where weights are read from end to end, looking up small ones takes a seventh."""

import ctypes
from pathlib import Path

MAPS = Path("/proc/self/maps")
LARGE = 1 << 21  # bytes of such a page
LEAST = 16 * LARGE
COLLAPSE = 25  # of `madvise`; a Linux that does not know it, or has no memory for it, leaves all as it is


def enlarge() -> None:
    """Put this process's large stretches of memory into large pages, where the system can."""
    if MAPS.is_file():
        libc = ctypes.CDLL(None)
        for start, length in stretches(MAPS.read_text()):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), COLLAPSE)


def stretches(maps: str) -> list[tuple[int, int]]:
    """Where memory that belongs to no file holds many whole large pages, and how many bytes of them."""
    found = []
    for line in maps.splitlines():
        region, rights, _, _, _, *path = line.split()
        first, last = (int(place, 16) for place in region.split("-"))
        start, end = -(-first // LARGE) * LARGE, last // LARGE * LARGE
        if rights == "rw-p" and not path and end - start >= LEAST:
            found.append((start, end - start))
    return found
