"""Versions whose base, sources, rows and adapter are under licences of one's choice."""

from dataclasses import replace

from cards.combination import Combination, SourceTerms

LLAMA = "meta-llama/Llama-3.2-3B-Instruct"
LLAMA_2 = "meta-llama/Llama-2-7b-hf"
PLAIN = Combination(
    base="acme/base",
    base_license="mit",
    sources=(SourceTerms("acme/posts", "hub", "mit"),),
    dataset_license="mit",
    adapter_license="mit",
    adapter="acme/writer",
    private=False,
)


def of(license_: str, **other: object) -> Combination:
    """A public version whose only source is under a licence."""
    source = SourceTerms("acme/posts", str(other.pop("kind", "hub")), license_)
    return replace(PLAIN, sources=(source,), **other)  # type: ignore[arg-type]


def on(base: str, license_: str, **other: object) -> Combination:
    """A public version whose base is under a licence."""
    return replace(PLAIN, base=base, base_license=license_, **other)  # type: ignore[arg-type]
