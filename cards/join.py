"""Which licences may be combined: what a version may be published under, given its base and its sources."""

from collections.abc import Iterator
from dataclasses import dataclass

from cards.combination import Combination, SourceTerms
from cards.licenses import COMMUNITY, Terms

_BASES = (  # a base's licence by its name, where its page was not asked
    ("meta-llama/Llama-2-", "llama2"),
    ("meta-llama/Meta-Llama-3-", "llama3"),
    ("meta-llama/Meta-Llama-3.1-", "llama3.1"),
    ("meta-llama/Llama-3.1-", "llama3.1"),
    ("meta-llama/Llama-3.2-", "llama3.2"),
    ("meta-llama/Llama-3.3-", "llama3.3"),
    ("meta-llama/Llama-4-", "llama4"),
    ("codellama/CodeLlama-", "llama2"),
    ("google/gemma-", "gemma"),
    ("openai-community/gpt2", "mit"),
    ("microsoft/DialoGPT-", "mit"),
)
_FREE = Terms("")


@dataclass(frozen=True)
class Refusal:
    """Why a combination is not allowed, and what to write instead."""

    what: str
    instead: str


def base_license(repo: str, stated: str = "") -> str:
    """The licence of a base: as its page states it, or as its name tells; empty if neither does."""
    return stated or next((id_ for start, id_ in _BASES if repo.startswith(start)), "")


def refusals(asked: Combination) -> tuple[Refusal, ...]:
    """Everything in a combination that its licences do not allow."""
    return (*_of_base(asked), *_of_adapter(asked), *_of_dataset(asked))


def _of_base(asked: Combination) -> Iterator[Refusal]:
    base, adapter = Terms(base_license(asked.base, asked.base_license)), Terms(asked.adapter_license)
    told = f"The base {asked.base} is under {base.id}"
    if _binds(base) and not base.is_kept_by(adapter):
        yield Refusal(f"{told}, and an adapter of it stays under it.", f"adapter_license: {base.id}")
    elif base.binds_uses and not adapter.binds_uses:
        yield Refusal(f"{told}, whose limits of use an adapter must pass on.", f"adapter_license: {base.id}")
    if base.is_noncommercial and adapter.is_stated and not adapter.is_noncommercial:
        yield Refusal(f"{told}, which forbids commercial use.", f"adapter_license: {base.id}")
    if base.forbids_changes and not asked.private:
        yield Refusal(f"{told}, which forbids passing on what is changed.", "private: true, or another base")
    yield from _of_name(asked, base.id, "its base")


def _binds(base: Terms) -> bool:
    """Whether an adapter of a base can be under no other licence."""
    return base.id in COMMUNITY or base.id == "gemma" or base.stays


def _of_name(asked: Combination, license_: str, made_from: str) -> Iterator[Refusal]:
    llama = COMMUNITY.get(license_)
    name = asked.adapter.split("/")[-1]
    if llama and asked.adapter and not name.replace("_", "-").startswith(llama.prefix):
        owner = asked.adapter.rpartition("/")[0]
        better = f"{owner}/{llama.prefix}-{name}".lstrip("/")
        yield Refusal(
            f"The licence of {llama.name}, {made_from}, wants the adapter's name to begin with "
            f"{llama.prefix}; it is {name}.",
            f"adapter: {better}",
        )


def _of_adapter(asked: Combination) -> Iterator[Refusal]:
    adapter, base = Terms(asked.adapter_license), Terms(base_license(asked.base, asked.base_license))
    for source in asked.sources:
        terms = Terms(source.license)
        if terms.is_noncommercial and adapter.is_stated and not adapter.is_noncommercial:
            yield _commercial(source, "adapter_license", adapter, base)
        if source.license in COMMUNITY:
            yield from _of_name(asked, source.license, f"which wrote the texts of {source.name}")
            if COMMUNITY[source.license].keeps_outputs and base.id not in ("", source.license):
                wrote = f"What {COMMUNITY[source.license].name} wrote ({source.name})"
                yield Refusal(
                    f"{wrote} may improve no other model, and {asked.base} is under {base.id}.",
                    f"a base under {source.license}, or leave {source.name} out",
                )


def _of_dataset(asked: Combination) -> Iterator[Refusal]:
    dataset = Terms(asked.dataset_license)
    for source in asked.sources:
        if source.private:
            continue  # it is in none of the published rows
        terms = Terms(source.license)
        if terms.is_noncommercial and dataset.is_stated and not dataset.is_noncommercial:
            yield _commercial(source, "dataset_license", dataset)
        if terms.stays and not terms.is_kept_by(dataset):
            what = (
                f"The texts of {source.name} are under {terms.id}, and what is made of them stays under it."
            )
            yield Refusal(what, f"dataset_license: {terms.id}")
        elif terms.wants_credit and dataset.waives:
            told = f"{source.name} is under {terms.id}, which wants its holders named"
            what = f"{told}; {dataset.id} gives that up."
            yield Refusal(what, f"dataset_license: {terms.id}")
        if not asked.private:
            yield from _in_public(source, dataset)


def _in_public(source: SourceTerms, dataset: Terms) -> Iterator[Refusal]:
    terms = Terms(source.license)
    if terms.forbids_changes:
        what = f"{source.name} is under {terms.id}: cleaned texts may not be passed on."
        yield Refusal(what, "private: true")
    elif source.kind == "mediastack" and not terms.is_stated:
        what = (
            f"The descriptions that {source.name} gives belong to their publishers: they are not republished."
        )
        yield Refusal(what, "private: true")
    elif not terms.is_stated and dataset.is_stated:
        what = f"{source.name} states no licence, so nobody can put its texts under {dataset.id}."
        yield Refusal(what, f"dataset_license: unknown, or the source's own licence beside {source.name}")


def _commercial(source: SourceTerms, key: str, license_: Terms, base: Terms = _FREE) -> Refusal:
    what = f"{source.name} is under {source.license}, which forbids commercial use; {license_.id} allows it."
    keeps = f"another base, or leave {source.name} out" if _binds(base) else f"{key}: {source.license}"
    return Refusal(what, keeps)
