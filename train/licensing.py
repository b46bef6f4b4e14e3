"""The licences that meet in a version, as the rules of `cards.join` take them; a refusal stops the stage."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cards.combination import Combination, SourceTerms
from cards.duties import needed_papers, notice_file
from cards.join import base_license, refusals
from train.errors import StageError
from train.recipe import Recipe
from train.sections import Source

PAPERS = frozenset(  # names of licence files
    f"{name}{suffix}" for name in ("LICENSE", "NOTICE", "USE_POLICY") for suffix in ("", ".md", ".txt")
)
_COMMIT = 40  # digits; what is not on the Hub has a digest, which is longer


def combination(recipe: Recipe, sources: Iterable[Source]) -> Combination:
    """What meets in the recipe, with sources that have their names and revisions."""
    return Combination(
        base=recipe.base,
        sources=tuple(_terms(source) for source in sources),
        dataset_license=recipe.publish.dataset_license,
        adapter_license=recipe.publish.adapter_license,
        adapter=recipe.publish.adapter,
        private=recipe.publish.private,
    )


def check_licenses(asked: Combination) -> None:
    """Refuse what the licences do not allow together."""
    if found := refusals(asked):
        whats = " ".join(dict.fromkeys(each.what for each in found))
        instead = " and ".join(dict.fromkeys(f"`{each.instead}`" for each in found))
        raise StageError(whats, fix=f"write in the recipe: {instead}")


def with_papers(asked: Combination, stated: str, files: Iterable[str], recipe: str) -> Combination:
    """The combination with its base's licence and licence files; without those it needs it is refused."""
    papers = sorted(PAPERS.intersection(files))
    if missing := lacking(asked.base, stated, papers):
        what = f"An adapter of {asked.base} goes out with the {missing} file of its base, and there is none."
        raise StageError(what, fix=f"python -m train tune {recipe}")
    license_ = base_license(asked.base, stated)
    written = (
        [] if not notice_file(license_) or any(name.startswith("NOTICE") for name in papers) else ["NOTICE"]
    )
    return replace(asked, base_license=stated, papers=tuple(papers + written))


def lacking(base: str, stated: str, papers: Iterable[str]) -> str:
    """The licence file that an adapter of this base needs and that is not here; empty if none is missing."""
    held = tuple(papers)
    needed = needed_papers(base_license(base, stated))
    return next((start for start in needed if not any(name.startswith(start) for name in held)), "")


def sources_of(recipe: Recipe, revisions: Mapping[str, str] | None = None) -> tuple[Source, ...]:
    """The recipe's sources with their names, and the revisions at which `prepare` read them."""
    from train.prepare.sources import name

    named = [replace(source, name=name(source)) for source in recipe.sources]
    return tuple(replace(source, revision=(revisions or {}).get(source.name)) for source in named)


def _terms(source: Source) -> SourceTerms:
    is_on_hub = source.kind in ("chat", "hub") and len(str(source.revision)) == _COMMIT
    address = f"https://huggingface.co/datasets/{source.path}/tree/{source.revision}"
    link = address if is_on_hub and not source.private else ""
    return SourceTerms(source.name, source.kind, source.license, link, source.private)
