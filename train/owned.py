"""The secrets of this machine: known, so that they stand in no published file and in no line of a log."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from huggingface_hub import constants

from train.prepare.scan.doubt import WEAK

NAMED = frozenset(
    {
        *("TOKEN", "TOKENS", "SECRET", "SECRETS", "KEY", "APIKEY", "PAT"),
        *("PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS"),
    }
)
SHORTEST = 8  # characters of a value that stands in no text by chance
SETTING = re.compile(r"[a-z]+|[/~.].*|\d+|\w+://[^@]*")  # a word, a path, a number, an address
KEPT = re.compile(r"(?m)^[ \t]*\w+[ \t]*=[ \t]*(\S+)[ \t\r]*$")  # a line of the client's list of tokens
TOKEN = re.compile(r"\b(hf_(?:jwt_|oauth_)?)(?=[a-z._-]{0,99}[A-Z0-9])[A-Za-z0-9._-]{8,}")


def own_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets in an environment and in the Hub client's files, each with where it was found."""
    given = {name: value.strip() for name, value in sorted(environment.items())}  # a key pasted with its line
    found = {value: name for name, value in given.items() if _is_secret(name, value)}
    files = (Path(constants.HF_TOKEN_PATH), Path(constants.HF_STORED_TOKENS_PATH))
    return found | {value: f"the file {path.name}" for path in files for value in _kept(path)}


def hushed(text: str, *others: str) -> str:
    """A text to be printed, without this machine's secrets, without these `others`, without any Hub token."""
    for value in sorted({*own_secrets(os.environ), *others}, key=len, reverse=True):
        text = text.replace(value, "…") if len(value) >= SHORTEST else text
    return TOKEN.sub(r"\1…", text)


def _is_secret(name: str, value: str) -> bool:
    is_named = not NAMED.isdisjoint(name.upper().split("_"))
    is_drawn = len(value) >= SHORTEST and value.lower() not in WEAK and not SETTING.fullmatch(value)
    return is_named and is_drawn and "\n" not in value


def _kept(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return []
    found = KEPT.findall(text) or [text]
    return [value for value in found if len(value) >= SHORTEST and " " not in value]
