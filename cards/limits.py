"""What an adapter cannot do, and what may go wrong with it, in sentences that its own figures give."""

from collections.abc import Iterator

from cards.facts import Evidence, ModelFacts
from cards.origin import OWN, Whole

DOCUMENTS = Whole(50, OWN)
WORDS = Whole(100_000, OWN)
_SAID = {  # a figure, if it is not zero -> what it means for a reader
    "unfinished": "{:.1%} of its texts did not end by themselves.",
    "repetition_worst": "In one text of twenty, {:.1%} or more of the four-word runs are repeats.",
    "words_over_limit": "{:.1%} of its texts were over a tenth longer than asked for.",
    "specifics": (
        "A hundred of its words held {:.1f} numbers, dates, quotations or names that nobody had given it. "
        "Check each of them before you publish."
    ),
}
_COPIED = {  # the audit's checks, if their value is not zero
    "copied_words": "Its longest run of words that a training text has too is {:.0f} words long.",
    "copied_share": "{:.2%} of its thirteen-word runs stand in a training text too.",
    "extracted": ("Shown the beginning of a training text, it went on word for word in {:.1%} of the cases."),
}
_AUDITED = "returned"  # the check that stands in every verdict with an audit
_INVENTED = (
    "Names, figures, quotations and events in its texts may be invented. Check them before you publish."
)


def is_demo(facts: ModelFacts) -> bool:
    """Whether too little was learned from for the result to be more than a demonstration."""
    return facts.corpus.demo


def limits(facts: ModelFacts) -> tuple[str, ...]:
    """The limits of this adapter, the ones that weigh most first."""
    seen = facts.evidence
    return (
        *_size(facts),
        *facts.notes,
        *_unproven(seen),
        *_figures(seen),
        *_copies(seen),
        *_cut(facts),
        *_always(facts),
    )


def _size(facts: ModelFacts) -> Iterator[str]:
    if is_demo(facts):
        yield (
            f"This is a demo: a corpus below {DOCUMENTS} texts or {WORDS:,} words "
            "shows that the method runs, and little more."
        )


def _unproven(seen: Evidence) -> Iterator[str]:
    if not seen.better_than_base:
        yield "Nothing on this page proves that it is better than its base."
    measured = f"The figures come from {seen.titles:,} requests and {seen.documents:,} held-out texts"
    yield f"{measured}: a difference within an interval may be chance."


def _figures(seen: Evidence) -> Iterator[str]:
    found = {figure.name: figure.adapter for figure in seen.figures}
    for name, said in _SAID.items():
        if found.get(name, 0) > 0:
            yield said.format(found[name])
    if "specifics" not in found:
        yield _INVENTED


def _copies(seen: Evidence) -> Iterator[str]:
    found = {check.metric: check.value for check in seen.checks}
    for name, said in _COPIED.items():
        if found.get(name, 0) > 0:
            yield said.format(found[name])
    if "copied_words" not in found and _AUDITED in found:
        yield "Nobody set a limit to how much it may copy; what it copied is in evidence/audit.json."
    if not found.keys() & {_AUDITED, *_COPIED}:
        yield "Nobody looked whether its texts are copied from the ones that it learned from."


def _cut(facts: ModelFacts) -> Iterator[str]:
    training = facts.training
    if training.cut_rows:
        yield (
            "Training texts that found no room behind their requests were left out: "
            f"{training.cut_rows:,}, with {training.cut_tokens:,} tokens."
        )


def _always(facts: ModelFacts) -> Iterator[str]:
    yield f"It was trained and judged on texts in one language ({facts.language})."
    yield "Nothing was done to make it safer than its base."
