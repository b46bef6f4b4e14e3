"""Licences by the Hub's ids, and what each asks of whoever builds on a work under it."""

import re
from dataclasses import dataclass

_LISTED = """
apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear
c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0
cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0
cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl
ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1
lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl
openmdw-1.0 openmdw-1.1 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr
deepfloyd-if-license fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3
llama4 grok2-community gemma unknown other
"""
IDS = frozenset(_LISTED.split())

_UNSTATED = frozenset({"", "unknown", "other"})
_WAIVERS = frozenset({"cc0", "pddl", "unlicense", "wtfpl"})
_SHARED_ALIKE = frozenset(
    {"agpl", "cdla-sharing", "epl", "eupl", "gfdl", "gpl", "lgpl", "lgpl-lr", "mpl", "odbl", "osl"}
)
_RESEARCH_ONLY = frozenset(
    {"apple-amlr", "fair-noncommercial-research-license", "h-research", "intel-research"}
)
_BOUND_USES = frozenset({"deepfloyd-if-license", "gemma", "grok2-community"})


@dataclass(frozen=True)
class Terms:
    """What a licence asks, as far as our rules go; one that is not stated asks nothing that we could know."""

    id: str

    @property
    def family(self) -> str:
        """The licence without its version."""
        return re.sub(r"-\d+(\.\d+)*c?$", "", self.id)

    @property
    def version(self) -> tuple[int, ...]:
        """The licence's version; empty if it has none."""
        return tuple(map(int, re.findall(r"\d+", self.id.removeprefix(self.family))))

    def is_kept_by(self, other: "Terms") -> bool:
        """Whether the other is this licence, or a later version of it."""
        return other.family == self.family and other.version >= self.version

    @property
    def is_stated(self) -> bool:
        """Whether it says what is allowed, under a name that the Hub knows."""
        return self.id not in _UNSTATED

    @property
    def wants_credit(self) -> bool:
        """Whether its holders must be named."""
        return self.is_stated and self.family not in _WAIVERS

    @property
    def waives(self) -> bool:
        """Whether it gives up every right, that of being named too."""
        return self.family in _WAIVERS

    @property
    def is_noncommercial(self) -> bool:
        """Whether it forbids commercial use."""
        return "-nc" in self.id or self.id in _RESEARCH_ONLY

    @property
    def forbids_changes(self) -> bool:
        """Whether a changed work may not be passed on."""
        return self.id.startswith("cc-") and "-nd" in self.id

    @property
    def stays(self) -> bool:
        """Whether what is made of the work must be under the same licence."""
        return self.family in _SHARED_ALIKE or (self.id.startswith("cc-") and "-sa" in self.id)

    @property
    def binds_uses(self) -> bool:
        """Whether it limits what a model may be used for, in whoever's hands it is."""
        return self.id in _BOUND_USES or "rail" in self.id or self.id in COMMUNITY


@dataclass(frozen=True)
class Community:
    """What Meta's licence of one generation asks of a model made from it, or from what it wrote."""

    name: str
    notice: str
    badge: str = "Built with Llama"  # to be shown prominently
    prefix: str = "Llama"  # with which a model's name begins
    keeps_outputs: bool = False  # what it writes may improve no model but its own kind
    papers: tuple[str, ...] = ("LICENSE", "USE_POLICY")  # files that go with the model


def _llama(number: str) -> Community:
    notice = f"Llama {number} is licensed under the Llama {number} Community License, "
    return Community(f"Llama {number}", f"{notice}Copyright © Meta Platforms, Inc. All Rights Reserved.")


COMMUNITY = {
    "llama2": Community(
        "Llama 2",
        "Llama 2 is licensed under the LLAMA 2 Community License, "
        "Copyright (c) Meta Platforms, Inc. All Rights Reserved.",
        badge="",
        prefix="",
        keeps_outputs=True,
    ),
    "llama3": Community(
        "Meta Llama 3",
        "Meta Llama 3 is licensed under the Meta Llama 3 Community License, "
        "Copyright © Meta Platforms, Inc. All Rights Reserved.",
        badge="Built with Meta Llama 3",
        prefix="Llama-3",
        keeps_outputs=True,
    ),
    **{f"llama{number}": _llama(number) for number in ("3.1", "3.2", "3.3", "4")},
}
