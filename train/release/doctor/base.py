"""Which base an adapter names: the one it was trained on, at its commit, where everybody finds it."""

from collections.abc import Iterator

from cards.check import is_repo
from cards.combination import Combination
from cards.join import refusals
from train.release.doctor.diagnosis import Diagnosis
from train.release.doctor.patient import CONFIG, Patient


def base(patient: Patient) -> Iterator[Diagnosis]:
    """A base that is a path, is not there, or could be another one tomorrow."""
    if not patient.config:
        return
    name = patient.base_name
    if not is_repo(name):
        what = f"Its base is {name!r}, a path on somebody's disk" if name else "It names no base"
        yield Diagnosis(
            "base-is-a-path",
            f"{what}: nobody else can load it.",
            f'write the base\'s id on the Hub into {CONFIG}: "base_model_name_or_path": "OWNER/NAME"',
        )
    elif patient.base and not patient.base.is_there:
        yield Diagnosis(
            "base-not-found",
            f"The base {name} is not on the Hub, or not open to this account.",
            "hf auth login (and accept the licence on the base's page), or name the base that is there",
        )
    else:
        yield from _pinned(patient)
        yield from _named_otherwise(patient)


def _pinned(patient: Patient) -> Iterator[Diagnosis]:
    name, revision = patient.base_name, patient.config.get("revision")
    today = patient.base.commit if patient.base else ""
    if not revision:
        yield Diagnosis(
            "base-not-pinned",
            f"{CONFIG} names no commit of {name}: every loader takes the base of the day.",
            f'write the commit it was trained on into {CONFIG}: "revision": "{today or "COMMIT"}"'
            + (" is today's" if today else ""),
        )
    elif patient.base and not patient.base.has_revision:
        yield Diagnosis(
            "base-revision-not-found",
            f"{name} has no revision {revision}: loading the adapter fails.",
            f'write a commit of the base into {CONFIG}: "revision": "{today or "COMMIT"}"',
        )


def _named_otherwise(patient: Patient) -> Iterator[Diagnosis]:
    stated = patient.front.get("base_model")
    named = stated if isinstance(stated, list) else [stated]
    if stated and patient.base_name not in named:
        yield Diagnosis(
            "another-base-on-the-card",
            f"The card says base_model: {', '.join(map(str, named))}, {CONFIG} says {patient.base_name}.",
            "find out which one it was trained on, and write it in both",
        )


def licence(patient: Patient) -> Iterator[Diagnosis]:
    """A licence that the base's own does not allow."""
    stated = patient.front.get("license")
    if not patient.base or not isinstance(stated, str):
        return
    asked = Combination(
        base=patient.base_name, base_license=patient.base.license, adapter_license=stated, private=False
    )
    for refused in refusals(asked):
        yield Diagnosis("licence-of-the-base", refused.what, f"in the card: {_spelt(refused.instead)}")


def _spelt(instead: str) -> str:
    return instead.replace("adapter_license:", "license:")
