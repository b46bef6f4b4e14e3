"""Bytes in, text out: by their mark, as UTF-8, as the site says, or by a careful guess."""

import codecs
import logging
import re
from pathlib import Path

LOG = logging.getLogger(__name__)
LARGEST_BYTES = 20_000_000  # a shelf of novels; no post is longer
MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
GUESSES = (
    *("cp1252", "cp1251", "koi8_r", "shift_jis", "euc_jp"),
    *("gb18030", "big5", "euc_kr", "cp1253", "cp1254"),
)
SAMPLE_BYTES = 100_000
LEGIBLE = 0.995  # of all characters; a compressed file is far below
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x80-\x9f\ufffe\uffff]")
BESIDE = re.compile(rb"[\x80-\xff]{2,}")
STRAY = re.compile(r"[\udc80-\udcff]")
STRAY_NULS = 8  # UTF-16 has a NUL for every letter of ours; one in eight bytes and fewer may be strays


class DecodeError(ValueError):
    """Bytes that are no text, or too many; `reason` is counted, the message says more."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """The text of a file, of which no more is read than a post may be long."""
    LOG.info("%s", path)
    with path.open("rb") as file:
        data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise DecodeError("too large", f"more than {LARGEST_BYTES:,} bytes")
    return decode(data, encoding)


def decode(data: bytes, encoding: str = "utf-8") -> str:
    """The text that bytes spell, with plain line ends; `encoding` is what the site says of itself."""
    for mark, marked in MARKS:
        if data.startswith(mark):
            return _legible(_strictly(data[len(mark) :], marked))
    text = _wide(data) if b"\0" in data else _narrow(data, encoding)
    return _legible(text)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        detail = f"{error.encoding}: {error.reason} at byte {error.start}"
        raise DecodeError("not text", detail) from error


def _wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark, told by where its NUL bytes stand."""
    nuls = [data[place::4].count(0) for place in range(4)]
    if sum(nuls) * STRAY_NULS < len(data) and _is_narrow(data):
        raise DecodeError("not text", f"a NUL byte at byte {data.index(0)}")
    if len(data) % 4 == 0 and min(nuls[2:]) * 4 == len(data):
        return _strictly(data, "utf-32-le")
    if len(data) % 4 == 0 and min(nuls[:2]) * 4 == len(data):
        return _strictly(data, "utf-32-be")
    if len(data) % 2 == 0 and not nuls[0] + nuls[2]:
        return _strictly(data, "utf-16-le")
    if len(data) % 2 == 0 and not nuls[1] + nuls[3]:
        return _strictly(data, "utf-16-be")
    raise DecodeError("not text", f"a NUL byte at byte {data.index(0)}")


def _is_narrow(data: bytes) -> bool:
    """Whether it is UTF-8 but for its NUL bytes; what is written in UTF-16 hardly ever is."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _narrow(data: bytes, encoding: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _mended(data) or _declared(data, encoding) or _guessed(data)


def _mended(data: bytes) -> str | None:
    """UTF-8 into which a few bytes of the old Western alphabet were pasted."""
    text = data.decode(errors="surrogateescape")
    stray = len(STRAY.findall(text))
    written = len(text) - len(text.encode("ascii", "ignore")) - stray
    if stray * 4 > written:
        return None
    return STRAY.sub(lambda byte: _western(bytes([ord(byte[0]) - 0xDC00])), text)


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _declared(data: bytes, encoding: str) -> str | None:
    try:
        known = codecs.lookup(encoding).name
        if known in ("ascii", "iso8859-1"):  # what says so is Windows' in truth, as browsers know
            return _western(data)
        return data.decode(known)
    except (LookupError, UnicodeError):
        return None


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    if _is_western(data):
        return _western(data)
    best = from_bytes(data[:SAMPLE_BYTES], cp_isolation=list(GUESSES)).best()
    if best is None:
        raise DecodeError("not text", "in no encoding that is known")
    return _strictly(data, best.encoding)


def _is_western(data: bytes) -> bool:
    """Whether letters beyond ASCII stand alone in their words, as accents do and other alphabets do not."""
    beyond = sum(byte > 127 for byte in data)
    return sum(map(len, BESIDE.findall(data))) * 3 < beyond


def _legible(text: str) -> str:
    nul = text.find("\0")
    if nul >= 0:
        raise DecodeError("not text", f"a NUL character at character {nul}")
    if len(CONTROL.findall(text)) > (1 - LEGIBLE) * len(text) + 2:
        raise DecodeError("not text", "control characters throughout")
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
