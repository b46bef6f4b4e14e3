"""What the licences of a version ask its cards to say, and its repositories to hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from cards.combination import Combination, SourceTerms
from cards.join import base_license
from cards.licenses import COMMUNITY, Terms

_UNKNOWN = "No licence is stated for the whole: whoever holds rights in a part of it keeps them."
_LLAMA = (
    "Use of the base and of this adapter is bound by Meta's Acceptable Use Policy for {name}.",
    "Do not present what it writes as written by a person.",
)
_GEMMA_WROTE = "Gemma wrote these texts. Its terms may count what learns from them as made from Gemma."
_GEMMA = "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms"
_BASES = {
    "openai-community/gpt2": "What it writes was created using GPT-2. Say so wherever you publish it.",
    "microsoft/DialoGPT-": (
        "DialoGPT learned from conversations on Reddit. Microsoft takes no responsibility for what it writes."
    ),
}
_SOURCES = {
    "HuggingFaceH4/ultrachat_200k": (
        "ChatGPT wrote these texts. "
        "OpenAI's terms may forbid using them to make a model that competes with its own."
    ),
    "nepalprabin/blog_dataset": "Where these posts are published, no licence is stated for them.",
    "fabiochiu/medium-articles": (
        "Others collected these articles from Medium. Each author keeps the copyright, "
        "whatever the collection's own page says."
    ),
}
_ALSO = {"medium_articles": "fabiochiu/medium-articles"}  # a source's own name -> where it is from
_MEDIASTACK = (
    "The service gives titles and short descriptions, which belong to the publishers of the articles. "
    "They are not republished: this dataset stays private."
)


@dataclass(frozen=True)
class Credit:
    """One source, what it allows, and what must be said of it."""

    name: str
    license: str
    link: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Duties:
    """What must be shown and said: badges on top, notices beside the licence, each source's terms."""

    badges: tuple[str, ...]
    notices: tuple[str, ...]
    credits: tuple[Credit, ...]
    papers: tuple[str, ...]  # files that lie in the repository


def adapter_duties(asked: Combination) -> Duties:
    """The duties of an adapter: its base's, and those that come with the texts it learned from."""
    base = base_license(asked.base, asked.base_license)
    bound = _communities(base, *(source.license for source in asked.sources))
    return Duties(
        badges=tuple(dict.fromkeys(COMMUNITY[each].badge for each in bound if COMMUNITY[each].badge)),
        notices=tuple(
            dict.fromkeys((*_of_communities(bound), *_of_base(asked, base), *_unknown(asked, base)))
        ),
        credits=_credits(asked.sources),
        papers=asked.papers,
    )


def dataset_duties(asked: Combination) -> Duties:
    """The duties of a dataset: those of the sources whose texts are in it."""
    bound = _communities(*(source.license for source in asked.sources if not source.private))
    unknown = () if Terms(asked.dataset_license).is_stated else (_UNKNOWN,)
    notices = (*(COMMUNITY[each].notice for each in bound), *unknown)
    return Duties(badges=(), notices=tuple(notices), credits=_credits(asked.sources), papers=())


def spoken_duties(base: str, license_: str) -> Iterator[tuple[str, str]]:
    """Words that a card of any model made from this base must show, and what to do if it does not."""
    if license_ in COMMUNITY and COMMUNITY[license_].badge:
        yield COMMUNITY[license_].badge, f"write {COMMUNITY[license_].badge} near the top"
    if base.startswith("openai-community/gpt2"):
        yield "GPT-2", "say that the texts are created using GPT-2"


def needed_papers(license_: str) -> tuple[str, ...]:
    """The files of a base, by how their names begin, that must go with every adapter of it."""
    return COMMUNITY[license_].papers if license_ in COMMUNITY else ()


def notice_file(license_: str) -> str:
    """The text of the file NOTICE that the base's licence asks for; empty if it asks for none."""
    if license_ in COMMUNITY:
        return COMMUNITY[license_].notice + "\n"
    return _GEMMA + "\n" if license_ == "gemma" else ""


def _communities(*licenses: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in licenses if each in COMMUNITY))


def _of_communities(bound: tuple[str, ...]) -> Iterator[str]:
    for each in bound:
        yield COMMUNITY[each].notice
        yield from (sentence.format(name=COMMUNITY[each].name) for sentence in _LLAMA)
        if COMMUNITY[each].keeps_outputs:
            name = COMMUNITY[each].name
            yield f"What it writes may improve no other model than {name} and its derivatives."


def _of_base(asked: Combination, base: str) -> Iterator[str]:
    if base == "gemma":
        yield f"{_GEMMA}."
    yield from (said for start, said in _BASES.items() if asked.base.startswith(start))


def _unknown(asked: Combination, base: str) -> Iterator[str]:
    if asked.base and base in ("", "unknown"):
        unknown = "what may be done with this adapter is unknown"
        yield f"The page of the base {asked.base} states no licence: {unknown}."
    elif base == "other":
        yield f"The base {asked.base} has a licence of its own; it binds this adapter too."
    if asked.adapter_license == "unknown":
        yield _UNKNOWN


def _credits(sources: tuple[SourceTerms, ...]) -> tuple[Credit, ...]:
    return tuple(
        Credit(each.name, each.license, each.link, tuple(_notes(each)))
        for each in sources
        if not each.private
    )


def _notes(source: SourceTerms) -> Iterator[str]:
    known = _ALSO.get(source.name, source.name)
    if known in _SOURCES:
        yield _SOURCES[known]
    if source.license == "gemma":
        yield _GEMMA_WROTE
    if source.kind == "mediastack" and not Terms(source.license).is_stated:
        yield _MEDIASTACK
