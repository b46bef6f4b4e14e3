"""The kinds of writers, so that each is asked for what its texts can show."""

from train.recipe import Recipe


def of_all(recipe: Recipe) -> bool:
    """Any writer."""
    return True


def of_built(recipe: Recipe) -> bool:
    """A writer of posts with sections."""
    return recipe.keep.structure == "required"


def of_titled(recipe: Recipe) -> bool:
    """A writer on titles: what it should write is not given to it."""
    return recipe.pairs is None


def of_english(recipe: Recipe) -> bool:
    """A writer of English."""
    return recipe.language.lower().partition("-")[0] == "en"


def of_voice(recipe: Recipe) -> bool:
    """A writer in one person's voice; the distractors are English."""
    return recipe.gate.nearest and of_english(recipe)


def of_pairs(recipe: Recipe) -> bool:
    """A writer that says the same in another tone."""
    return recipe.pairs is not None


def of_english_pairs(recipe: Recipe) -> bool:
    """The same, in English."""
    return of_pairs(recipe) and of_english(recipe)
