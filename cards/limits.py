"""What an adapter's evidence does not show, in sentences."""

from cards.facts import ModelFacts

DOCUMENTS = 50
WORDS = 100_000


def is_demo(facts: ModelFacts) -> bool:
    """Whether too little was learned from for the result to be more than a demonstration."""
    training = facts.corpus.training
    return training.rows < DOCUMENTS or training.words < WORDS


def limits(facts: ModelFacts) -> tuple[str, ...]:
    """The limits of this adapter, the ones that weigh most first."""
    return (*_size(facts), *facts.notes, *_evidence(facts), *_always(facts))


def _size(facts: ModelFacts) -> tuple[str, ...]:
    training = facts.corpus.training
    learned = f"This is a demo: it learned from {training.rows:,} documents with {training.words:,} words."
    need = f"Below {DOCUMENTS} documents or {WORDS:,} words, it shows that the method runs, and little more."
    return (f"{learned} {need}",) if is_demo(facts) else ()


def _evidence(facts: ModelFacts) -> tuple[str, ...]:
    seen = facts.evidence
    measured = f"The figures come from {seen.titles:,} titles and {seen.documents:,} held-out documents"
    return (f"{measured}, without confidence intervals: a small difference may be chance.",)


def _always(facts: ModelFacts) -> tuple[str, ...]:
    return (
        "Names, figures, quotations and events in its texts may be invented. Check them before you publish.",
        f"It was trained and judged on texts in one language ({facts.language}).",
        "Nothing was done to make it safer than its base.",
    )
