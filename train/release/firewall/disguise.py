"""What a file begins with: a pickle or an archive is known whatever its name is."""

import re
from pathlib import PurePosixPath

OWN = {".parquet": b"PAR1", ".gguf": b"GGUF"}  # what these kinds begin with
STARTS = (
    (b"PK\x03\x04", "a zip archive, as torch writes pickles"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy file, which may hold a pickle"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"SQLite format 3", "a database"),
    (b"GGUF", "a GGUF file"),
    (b"PAR1", "a parquet file"),
)
PICKLE = re.compile(
    rb"\x80[\x02-\x05][\x00-\xff]|\((?:dp|lp)\d|c(?:__builtin__|builtins|nt|os|posix|subprocess)\n"
)


def disguised(path: str, head: bytes) -> str:
    """What the file really is, if that is not what its name says; empty if it may be."""
    suffix = PurePosixPath(path).suffix
    if suffix in OWN:
        return "" if head.startswith(OWN[suffix]) else _kind(head) or f"no {suffix[1:]} file"
    is_header = suffix == ".safetensors" and head[8:9] == b"{"
    return "" if is_header else _kind(head)


def _kind(head: bytes) -> str:
    if PICKLE.match(head):
        return "a pickle, which can hold a program"
    return next((kind for start, kind in STARTS if head.startswith(start)), "")
