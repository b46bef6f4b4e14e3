"""The licences that meet in a version."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceTerms:
    """What one source allows; `link` is empty where nobody but its owner can see it."""

    name: str
    kind: str
    license: str
    link: str = ""
    private: bool = False


@dataclass(frozen=True)
class Combination:
    """The licences that meet in a version, and the names they bear on."""

    base: str = ""
    base_license: str = ""  # as its page states it
    sources: tuple[SourceTerms, ...] = ()
    dataset_license: str = "unknown"
    adapter_license: str = "unknown"
    adapter: str = ""
    private: bool = True
    papers: tuple[str, ...] = ()  # licence files that lie beside the adapter
