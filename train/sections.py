"""The sections of a recipe: frozen, strictly checked values."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, with_config
from pydantic_core import PydanticCustomError

Option = bool | int | float | str | list[str]
Choice = Literal["keep", "drop"]
strict = with_config(ConfigDict(extra="forbid"))


def _share(value: float) -> float:
    if 0 <= value <= 1:
        return value
    meant = f"; {value:g}% is {value / 100:g}" if 1 < value <= 100 else ""
    raise PydanticCustomError("share", f"a share lies between 0 and 1{meant}")


def _score(value: float) -> float:
    if 0 <= value <= 100:
        return value
    raise PydanticCustomError("score", "a score lies between 0 and 100")


def _bits(value: float) -> float:
    if 0 <= value < 8:
        return value
    raise PydanticCustomError("bits", "a byte has 8 bits: from 0 to below 8 of them can be asked for")


def _words(value: int) -> int:
    if value > 0:
        return value
    raise PydanticCustomError("words", "at least one word must be let pass")


def _commit(value: str) -> str:
    if re.fullmatch(r"[0-9a-f]{40}", value):
        return value
    raise PydanticCustomError("commit", "a commit has 40 letters and digits; a branch or tag could move")


Commit = Annotated[str, AfterValidator(_commit)]
Share = Annotated[float, AfterValidator(_share)]
Score = Annotated[float, AfterValidator(_score)]
Bits = Annotated[float, AfterValidator(_bits)]
Count = Annotated[int, Field(ge=1)]
Words = Annotated[int, AfterValidator(_words)]


@strict
@dataclass(frozen=True)
class BaseGguf:
    """The base as a file for llama.cpp, which is the quickest on a CPU: `python -m train gguf` makes one."""

    repo: str
    revision: Commit
    file: str


@strict
@dataclass(frozen=True)
class Publish:
    """The three repositories of a version, and what may be done with their content."""

    dataset: str
    adapter: str
    space: str
    dataset_license: str
    adapter_license: str
    private: bool = True
    base_gguf: BaseGguf | None = None  # for a Space without a GPU

    @property
    def repositories(self) -> tuple[str, str, str]:
        """Dataset, adapter and Space, in the order in which they are published."""
        return self.dataset, self.adapter, self.space


@strict
@dataclass(frozen=True)
class Source:
    """Where texts come from; a relative path counts from the repository's root."""

    kind: Literal[
        "chat",
        "csv",
        "folder",
        "ghost",
        "hub",
        "jekyll",
        "jsonl",
        "mediastack",
        "medium",
        "substack",
        "wordpress",
    ]
    path: str
    name: str = ""  # in ids, reports and cards; by default what the path ends in
    revision: str | None = None
    split: str = "train"  # of a dataset on the Hub
    columns: dict[str, str] = field(default_factory=dict)  # field -> column
    take: tuple[str, ...] = ()  # which kinds of documents; by default what the source's own site would show
    query: dict[str, str] = field(default_factory=dict)  # what an API is asked for
    limit: Count | None = None  # documents, from the first
    private: bool = False  # learned from, and never published, nor shown as evidence
    license: str = "unknown"


@strict
@dataclass(frozen=True)
class Prompt:
    """The words around a request, as Jinja over the recipe's inputs."""

    user: str
    system: str = ""


@strict
@dataclass(frozen=True)
class Input:
    """One thing a writer is asked with; the first input of a recipe is the message itself."""

    label: str
    max_chars: Count | None = None
    examples: tuple[str, ...] = ()
    choices: tuple[int, ...] = ()
    default: int | None = None


@strict
@dataclass(frozen=True)
class Clean:
    """What cleaning leaves of a text, where people differ."""

    heading: bool = True  # the text begins with its title
    urls: Choice = "keep"  # bare ones; a link's words always stay
    mentions: Choice = "keep"
    hashtags: Choice = "keep"
    boilerplate: Choice = "drop"  # photo credits, "subscribe below", share lines
    case: Literal["keep", "lower"] = "keep"


@strict
@dataclass(frozen=True)
class Scan:
    """What becomes of personal data; a secret always stops the stage."""

    personal: Literal["mask", "drop", "keep"] = "mask"
    allow: tuple[str, ...] = ()  # fingerprints of what was taken for a secret, and is none


@strict
@dataclass(frozen=True)
class Keep:
    """What a text must be to stay in the corpus."""

    words: tuple[int, int] = (1, 100_000)
    structure: Literal["required", "any"] = "any"
    language: Literal["required", "any"] = "required"  # the recipe's own
    quoted: Share = 0.5  # the largest share of words that may be somebody else's


@strict
@dataclass(frozen=True)
class Pairs:
    """Formal and natural sentences made of natural text, for a writer that turns one into the other."""

    words: tuple[int, int] = (8, 60)  # of a sentence
    overlap: tuple[Share, Share] = (0.25, 0.95)  # of the two sentences' words


@strict
@dataclass(frozen=True)
class Split:
    """The shares of the corpus that training never sees."""

    validation: Share = 0.1
    test: Share = 0.1
    by: Literal["hash", "date"] = "hash"  # date: the newest texts are held out
    leakage: Share = 0.005  # the largest share of held-out 13-word runs that training may hold too


@strict
@dataclass(frozen=True)
class Decoding:
    """How text is drawn from the model; temperature 0 takes the likeliest token each time."""

    max_new_tokens: Count = 1500
    temperature: Annotated[float, Field(ge=0)] = 0.7
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.9
    repetition_penalty: Annotated[float, Field(gt=0)] = 1.0
    seed: int = 0


@strict
@dataclass(frozen=True)
class Gate:
    """What the evidence must show before a version may be published; null: not asked of this writer."""

    structure: Share | None = 0.90  # share of whole posts, at least
    words_over_limit: Share | None = 0.05  # share of texts over a tenth too long, at most
    words_under_limit: Share | None = 0.10  # share of texts below 60 % of their limit, at most
    length: Score | None = 75.0  # mean score of keeping to the limit, at least
    bits_per_byte_gain: Bits | None = 0.0  # over the base, more than this
    bits_per_byte_loss: Bits | None = 0.01  # against the last release, less than this
    repetition: Share | None = 0.03  # median share of repeated 4-grams, at most
    repetition_worst: Share | None = 0.10  # the same at the 95th percentile
    repetition_most: Share | None = 0.30  # the same in any text
    unfinished: Share | None = 0.05  # share of texts that do not end by themselves, at most
    retrieval: Share | None = 0.80  # share of texts that their own title finds, at least
    copied_words: Words | None = 30  # the longest run of words shared with a training text, less than this
    copied_share: Share | None = 0.01  # 13-word runs shared with the training texts, at most
    extracted: Share | None = 0.01  # training windows that come out word for word, at most
    kept: Share | None = None  # share of texts that keep every number, name, link and negation, at least
    copies: Share | None = None  # share of texts that come out as they went in, at most
    length_kept: Share | None = None  # share of texts of 0.8 to 1.25 times their length, at least
    chrf: Score | None = None  # mean likeness to the natural text, 0 to 100, at least
    contractions: bool = False  # there must be more of them than in the base's texts
    nearest: bool = False  # the style must be nearer to the author than to any of five others
