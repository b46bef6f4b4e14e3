"""What a training took from the socket: an estimate from what it recorded, and how it was reckoned."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from cards.facts import Energy, Training
from cards.origin import Computed, Origin, Real

GRID = 475  # grams of CO₂ a kilowatt-hour: about the world's average of 2023 and 2024
JOULES = 3_600_000  # in a kilowatt-hour
OPERATIONS = 1e9  # that a processor does for a joule in training: a tenth of what its makers promise
WATTS: Mapping[str, int] = {  # the highest that the maker allows, by words of the device's name
    "H200 NVL": 600,
    "H200": 700,
    "H100 NVL": 400,
    "H100 PCIe": 350,
    "H100": 700,
    "A100 80GB PCIe": 300,
    "A100-PCIE": 250,
    "A100": 400,
    "RTX 4090": 450,
    "RTX 3090": 350,
    "L40S": 350,
    "L40": 300,
    "A10G": 300,
    "L4": 72,
    "T4": 70,
}


def estimate(training: Training) -> Energy | None:
    """Power times time, or on a processor the operations; None if there is nothing to go by."""
    if training.seconds and _watts(training.device):
        kwh = _reckoned("kWh by time", training.seconds, training.devices, training.device)
        basis = f"{_watts(training.device)} watts, the most that the device may take, for the whole time"
    elif training.flops and training.device == "CPU":
        kwh = _reckoned("kWh by operations", training.flops)
        basis = "the operations that training takes, at a thousand million for a joule"
    else:
        return None
    return Energy(
        kwh=kwh,
        grams=_reckoned("grams of CO2", kwh),
        source=f"an estimate: {basis}; {GRID} grams of CO₂ a kilowatt-hour, about the world's average",
        hardware=f"{int(training.devices)} x {training.device[:]}",
    )


def _watts(device: str) -> int:
    """None of another device whose name begins alike: an A1000 is no A100, and a laptop's 4090 no 4090."""
    alike = (
        watts for name, watts in WATTS.items() if re.search(rf"\b{name}\b(?! (?:Ti|D|Laptop)\b)", device)
    )
    return next(alike, 0)


def _by_time(seconds: float, devices: int, device: str) -> float:
    return _short(seconds * devices * _watts(device) / JOULES)


def _by_operations(flops: float) -> float:
    return _short(flops / OPERATIONS / JOULES)


def _grams(kwh: float) -> float:
    return _short(kwh * GRID)


def _minutes(seconds: float) -> float:
    return seconds / 60


def _short(value: float) -> float:
    """Two digits: an estimate has no more."""
    return float(format(float(value), ".2g"))


RULES: Mapping[str, Callable[..., Any]] = {
    "kWh by time": _by_time,
    "kWh by operations": _by_operations,
    "grams of CO2": _grams,
    "minutes": _minutes,
}


def _reckoned(rule: str, *values: Any) -> Real:
    origins: list[Origin | None] = [getattr(value, "origin", None) for value in values]
    known = tuple(origin for origin in origins if origin)
    plain = [value[:] if isinstance(value, str) else float(value) for value in values]
    return Real(RULES[rule](*plain), Computed(rule, known) if len(known) == len(values) else None)


def minutes(seconds: float | None) -> Real | None:
    """The same time in minutes."""
    return None if seconds is None else _reckoned("minutes", seconds)
