"""What is set for a Space beside its files: secrets, variables, volumes, hardware, whether it is paused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from train.rehearse.hub.errors import bad_request
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.front_matter import card_of
from train.rehearse.hub.hardware import DEFAULT, FLAVORS
from train.rehearse.hub.home import Home
from train.rehearse.hub.snapshot import Snapshot
from train.rehearse.hub.volumes import Volume, read_volume

Stage = Literal[
    "NO_APP_FILE", "CONFIG_ERROR", "BUILDING", "BUILD_ERROR", "RUNNING", "RUNNING_BUILDING",
    "RUNTIME_ERROR", "STOPPED", "PAUSED", "APP_STARTING",
]  # fmt: skip
_RECORD = "space"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_APP_FILES = {"gradio": "app.py", "static": "index.html", "docker": "Dockerfile"}


@dataclass(frozen=True)
class Setting:
    """A secret or a variable; `updated_at` is in seconds since 1970."""

    value: str
    description: str
    updated_at: int


@dataclass(frozen=True)
class Wishes:
    """What the owner has set; `restarts` grows with every restart that was asked for."""

    secrets: Mapping[str, Setting] = field(default_factory=dict, repr=False)
    variables: Mapping[str, Setting] = field(default_factory=dict)
    volumes: tuple[Volume, ...] = ()
    flavor: str = DEFAULT
    sleep_s: int = 0
    is_paused: bool = False
    restarts: int = 0

    @property
    def restarted_by(self) -> tuple[object, ...]:
        """What makes a Space begin anew when it changes."""
        return self.secrets, self.variables, self.volumes, self.flavor, self.restarts

    def environment(self) -> dict[str, str]:
        """Secrets and variables as the process sees them."""
        settings = {**self.variables, **self.secrets}
        return {name: setting.value for name, setting in settings.items()}


@dataclass(frozen=True)
class App:
    """What a commit says about how it is run."""

    sdk: str
    file: str
    title: str
    problem: Stage | None


def read_wishes(home: Home) -> Wishes:
    """What is set for a Space."""
    record = home.records.read(_RECORD)
    if record is None:
        return Wishes()
    values = dict(record.values)
    for name in ("secrets", "variables"):
        values[name] = {key: _setting(Fields(row)) for key, row in _rows(values[name]).items()}
    volumes = values["volumes"]
    values["volumes"] = tuple(read_volume(row) for row in volumes) if isinstance(volumes, list) else ()
    return Wishes(**values)  # type: ignore[arg-type]


def write_wishes(home: Home, wishes: Wishes) -> None:
    """Remember what is set for a Space."""
    home.records.write(_RECORD, asdict(wishes))


def app_of(snapshot: Snapshot) -> App:
    """How a commit is run, and what keeps it from running."""
    card = card_of(snapshot)
    sdk = card.text("sdk") or ""
    file = card.text("app_file") or _APP_FILES.get(sdk, "")
    problem: Stage | None = None
    if not file:
        problem = "CONFIG_ERROR"
    elif snapshot.entry(file) is None:
        problem = "NO_APP_FILE"
    return App(sdk, file, card.text("title") or "", problem)


def check_name(fields: Fields) -> str:
    """The name of a secret or variable somebody sent."""
    name = fields.text("key")
    if not _NAME.fullmatch(name):
        raise bad_request(f'"key" must be the name of an environment variable, not "{name}"')
    return name


def check_flavor(fields: Fields, name: str) -> str:
    """The kind of machine somebody asked for."""
    flavor = fields.text(name)
    if flavor not in FLAVORS:
        raise bad_request(f'"{name}" must be one of [{", ".join(FLAVORS)}]')
    return flavor


def _setting(row: Fields) -> Setting:
    return Setting(row.text("value"), row.text("description"), row.number("updated_at"))


def _rows(values: object) -> Mapping[str, Mapping[str, object]]:
    return values if isinstance(values, dict) else {}
