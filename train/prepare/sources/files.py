"""Files of tables on this machine: where they are, what pins them, and their letters."""

import codecs
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from train.errors import StageError
from train.prepare.sources.columns import is_whole
from train.prepare.sources.decode import GUESSES, decode
from train.run import ROOT, digest_of_all, digest_of_file
from train.sections import Source

LOG = logging.getLogger(__name__)
EDIT = "edit sources in the recipe"
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
WESTERN = "cp1252"
SAMPLE = 100_000  # bytes
PART = "\v\f\v"  # the same bytes in every encoding that is guessed at, and in no text
HEAD = 4096  # bytes; enough to see two-byte letters that have no mark


def place_of(source: Source) -> Path:
    """The file or folder that a source's path means."""
    return (ROOT / Path(source.path).expanduser()).resolve()


def files_of(source: Source, suffixes: tuple[str, ...]) -> dict[str, Path]:
    """The file, or every file below the folder that ends so, by its name there, sorted."""
    place = place_of(source)
    if place.is_file():
        return {place.name: place}
    if not place.is_dir():
        raise StageError(f"There is no file or folder {place}.", fix=EDIT)
    inside = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
    found = {name: inside[name] for name in sorted(inside) if name.lower().endswith(suffixes)}
    if not found:
        raise StageError(f"{place} has no file that ends in {' or '.join(suffixes)}.", fix=EDIT)
    return found


def prefixed(source: Source, suffixes: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Each file with what tells its rows from those of the others: nothing if it is the only one."""
    alone = place_of(source).is_file()
    for name, path in files_of(source, suffixes).items():
        yield "" if alone else f"{name}/", path


def pinned(source: Source, suffixes: tuple[str, ...]) -> Source:
    """The source with a digest of its files for a revision."""
    files = files_of(source, suffixes)
    try:
        digests = {name: digest_of_file(path) for name, path in files.items()}
    except OSError as error:
        raise unreadable(place_of(source), error) from error
    return replace(source, revision=digest_of_all(digests))


def unreadable(path: Path, error: OSError) -> StageError:
    """One sentence for a file that is there and cannot be read, or is not there any more."""
    return StageError(f"{path} cannot be read: {error.strerror or error}.", fix=EDIT)


def opened(path: Path, newline: str = "") -> TextIO:
    """A file's text by its mark, or by what two-byte letters look like; `mended` reads what is not UTF-8."""
    LOG.info("%s", path)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(WIDE):
        return path.open(encoding="utf-16", errors="replace", newline=newline)
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > len(head) // 4:
            return path.open(encoding=encoding, errors="replace", newline=newline)
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline=newline)


def letters_of(path: Path) -> str:
    """The encoding of the letters that are not UTF-8, as far as the file's beginning shows it."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(head, cp_isolation=list(GUESSES)).best()
        return best.encoding if best else WESTERN
    return WESTERN


def mended(texts: Sequence[str], letters: str) -> Sequence[str]:
    """Texts of one record, whose bytes that are not UTF-8 are read as those letters, or a DecodeError."""
    if all(map(is_whole, texts)):
        return texts
    return decode(PART.join(texts).encode("utf-8", "surrogateescape"), letters).split(PART)
