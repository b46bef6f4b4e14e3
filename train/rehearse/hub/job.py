"""A Job as it was asked for, and how far it has come."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from train.rehearse.hub.errors import HubError, bad_request
from train.rehearse.hub.eventlog import exact_date
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.hardware import DEFAULT, FLAVORS
from train.rehearse.hub.volumes import Volume, read_volume

Stage = Literal["SCHEDULING", "RUNNING", "COMPLETED", "CANCELED", "ERROR"]
OVER = ("COMPLETED", "CANCELED", "ERROR")
_TIMEOUT_S, _LONGEST_TIMEOUT_S, _MOST_ATTEMPTS = 1800, 30 * 24 * 3600, 10
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_HERE = ("expose", "ssh", "network", "resourceGroupId")


@dataclass(frozen=True)
class Spec:
    """What a Job is to do."""

    command: tuple[str, ...]
    image: str = ""
    space: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    flavor: str = DEFAULT
    timeout_s: int = _TIMEOUT_S
    attempts: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[Volume, ...] = ()

    def to_wire(self) -> dict[str, object]:
        """As the client reads it; of the secrets only their names."""
        return {
            "dockerImage": self.image or None,
            "spaceId": self.space or None,
            "command": list(self.command),
            "arguments": [],
            "environment": dict(self.environment),
            "secrets": dict.fromkeys(self.secrets, ""),
            "flavor": self.flavor,
            "timeout": self.timeout_s,
            "labels": dict(self.labels),
            "volumes": [volume.to_wire() for volume in self.volumes],
            "retry": self.attempts - 1,
        }


@dataclass(frozen=True)
class Job:
    """A Job at one moment; times are seconds since 1970, 0 for what has not happened."""

    id: str
    namespace: str
    initiator: str
    spec: Spec
    created_at: float
    stage: Stage = "SCHEDULING"
    message: str = ""
    started_at: float = 0.0
    finished_at: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.stage in OVER

    def to_json(self) -> dict[str, object]:
        """As its file holds it."""
        return asdict(self)

    def to_wire(self, owner: Mapping[str, object], now: float) -> dict[str, object]:
        """As the client reads it."""
        dates = {"createdAt": self.created_at, "startedAt": self.started_at, "finishedAt": self.finished_at}
        return {
            "id": self.id,
            **{name: exact_date(moment) if moment else None for name, moment in dates.items()},
            **self.spec.to_wire(),
            "status": {"stage": self.stage, "message": self.message or None},
            "durations": self._durations(now),
            "owner": dict(owner),
            "initiator": {"type": "user", "id": self.initiator, "name": self.initiator},
        }

    def _durations(self, now: float) -> dict[str, int | None]:
        end = self.finished_at or now
        return {
            "schedulingSecs": int(self.started_at - self.created_at) if self.started_at else None,
            "runningSecs": int(end - self.started_at) if self.started_at else None,
            "totalSecs": int(end - self.created_at),
        }


def read_job(values: Mapping[str, Any]) -> Job:
    """A Job from the file that holds it."""
    return Job(**{**values, "spec": spec_from(values["spec"])})


def spec_from(values: Mapping[str, Any]) -> Spec:
    """What a Job is to do, from the file that holds it."""
    volumes = tuple(read_volume(volume) for volume in values["volumes"])
    return Spec(**{**values, "command": tuple(values["command"]), "volumes": volumes})


def read_spec(fields: Fields, volumes: tuple[Volume, ...]) -> Spec:
    """What is asked for, or a refusal."""
    for name in _NOT_HERE:
        if fields.values.get(name):
            raise HubError(501, f'The embedded Hub runs Jobs on this machine and does not know "{name}".')
    flavor, command = fields.text("flavor", DEFAULT), (*fields.texts("command"), *fields.texts("arguments"))
    if flavor not in FLAVORS:
        raise bad_request(f'"flavor" must be one of [{", ".join(FLAVORS)}]')
    if not command:
        raise bad_request('"command" must not be empty')
    if any("\0" in word for word in command):
        raise bad_request('"command" must not contain NUL')
    timeout_s = fields.number("timeoutSeconds", _TIMEOUT_S)
    if not 1 <= timeout_s <= _LONGEST_TIMEOUT_S:
        raise bad_request(f'"timeoutSeconds" must be between 1 and {_LONGEST_TIMEOUT_S}')
    attempts = fields.number("attempts", 1)
    if not 1 <= attempts <= _MOST_ATTEMPTS:
        raise bad_request(f'"attempts" must be between 1 and {_MOST_ATTEMPTS}')
    return Spec(
        command,
        fields.text("dockerImage"),
        fields.text("spaceId"),
        texts_by_name(fields, "environment"),
        texts_by_name(fields, "secrets"),
        flavor,
        timeout_s,
        attempts,
        labels_of(fields),
        volumes,
    )


def labels_of(fields: Fields) -> dict[str, str]:
    """The labels somebody sent."""
    labels = fields.values.get("labels") or {}
    if not isinstance(labels, dict):
        raise bad_request('"labels" must be an object')
    return {str(name): str(value) for name, value in labels.items()}


def texts_by_name(fields: Fields, name: str) -> dict[str, str]:
    """Environment variables somebody sent."""
    values = fields.values.get(name) or {}
    if not isinstance(values, dict) or not all(_VARIABLE.fullmatch(str(key)) for key in values):
        raise bad_request(f'"{name}" must be an object whose keys are names of environment variables')
    if any("\0" in str(value) for value in values.values()):
        raise bad_request(f'"{name}" must not contain NUL')
    return {str(key): str(value) for key, value in values.items()}


def runnable(command: Sequence[str]) -> list[str]:
    """The command as this machine can run it: without uv, `uv run` runs the script in this Python."""
    if tuple(command[:2]) != ("uv", "run") or shutil.which("uv"):
        return list(command)
    rest = list(command[2:])
    while rest and rest[0] in ("--with", "--python"):  # what is installed here has to do
        rest = rest[2:]
    is_script = bool(rest) and Path(rest[0]).suffix == ".py"
    return [sys.executable, *rest] if is_script else rest
