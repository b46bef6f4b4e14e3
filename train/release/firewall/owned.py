"""What belongs to this very machine and person: its secrets, its names, its folders."""

import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

from train.owned import SHORTEST, own_secrets

COMMON = frozenset(
    {"admin", "app", "root", "runner", "ubuntu", "user", "vscode", "debian", "ec2-user", "jovyan"}
)


@dataclass(frozen=True)
class Owned:
    """Texts that must stand in no published file, each with what it is."""

    secrets: tuple[tuple[str, str], ...]  # value, where it was found
    places: tuple[tuple[re.Pattern[str], str], ...]

    def secrets_in(self, text: str) -> Iterator[tuple[int, str]]:
        """Where one of this machine's secrets begins, and whose it is."""
        for value, name in self.secrets:
            if (place := text.find(value)) >= 0:
                yield place, f"the value of {name}, a secret of this machine"

    def secrets_in_bytes(self, data: mmap) -> Iterator[str]:
        """Whose secrets stand in a file as they are."""
        for value, name in self.secrets:
            if data.find(value.encode()) >= 0:
                yield f"the value of {name}, a secret of this machine"

    def places_in(self, text: str) -> Iterator[tuple[int, str, str]]:
        """Where a name or folder of this machine begins, what it is, and its words."""
        for pattern, what in self.places:
            if found := pattern.search(text):
                yield found.start(), what, found[0]


def owned(folders: Iterable[Path], environment: Mapping[str, str], token: str | bool | None) -> Owned:
    """What this process must not give away; `folders` are those it works in."""
    secrets = own_secrets(environment)
    if isinstance(token, str) and len(token) >= SHORTEST:
        secrets |= {token: "the token of this release"}
    return Owned(tuple(sorted(secrets.items())), tuple(_places(folders, environment)))


def _places(folders: Iterable[Path], environment: Mapping[str, str]) -> Iterator[tuple[re.Pattern[str], str]]:
    home, host = Path("~").expanduser(), socket.gethostname()
    for folder in sorted({each.resolve() for each in folders}):
        if len(folder.parts) > 2:
            yield _whole(str(folder)), "a folder of this machine"
    for user in sorted(
        {home.name, environment.get("USER", ""), environment.get("USERNAME", "")} - COMMON - {""}
    ):
        name = re.escape(user)
        yield re.compile(rf"(?i:/home/|/Users/|\\Users\\){name}(?![\w-])"), "the home of this machine's user"
    if home.name not in COMMON and len(home.parts) > 2:
        yield _whole(str(home)), "the home of this machine's user"
    if len(host) >= SHORTEST and re.search(r"[\d.-]", host) and not host.startswith("localhost"):
        yield _whole(host), "the name of this machine"


def _whole(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(text)}(?![\w-])")
