"""The licences of a version: combined by rules, or refused."""

from cards.combination import Combination
from train.licensing import check_licenses, combination, sources_of, with_papers
from train.recipe import Recipe
from train.release.results import Results


def combination_of(recipe: Recipe, results: Results) -> Combination:
    """The licences that meet in this version; an error says which do not go together."""
    report, training = results.dataset, results.training
    asked = combination(recipe, sources_of(recipe, report.revisions))
    stated = training.base_license[:]  # without its origin: an error may print it
    whole = with_papers(asked, stated, training.files, recipe.name)
    check_licenses(whole)
    return whole


def private_names(recipe: Recipe) -> frozenset[str]:
    """The sources that no card names."""
    return frozenset(source.name for source in sources_of(recipe) if source.private)
