"""The sections of a recipe: frozen, strictly checked values."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import ConfigDict, with_config

Option = bool | int | float | str | list[str]
Choice = Literal["keep", "drop"]
strict = with_config(ConfigDict(extra="forbid"))


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
    limit: int | None = None  # documents, from the first
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
    max_chars: int | None = None
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
    quoted: float = 0.5  # the largest share of words that may be somebody else's


@strict
@dataclass(frozen=True)
class Pairs:
    """Formal and natural sentences made of natural text, for a writer that turns one into the other."""

    words: tuple[int, int] = (8, 60)  # of a sentence
    overlap: tuple[float, float] = (0.25, 0.95)  # of the two sentences' words


@strict
@dataclass(frozen=True)
class Split:
    """The shares of the corpus that training never sees."""

    validation: float = 0.1
    test: float = 0.1
    by: Literal["hash", "date"] = "hash"  # date: the newest texts are held out
    leakage: float = 0.005  # the largest share of held-out 13-word runs that training may hold too


@strict
@dataclass(frozen=True)
class Decoding:
    """How text is drawn from the model; temperature 0 takes the likeliest token each time."""

    max_new_tokens: int = 1500
    temperature: float = 0.7
    top_p: float = 0.9
    repetition_penalty: float = 1.0
    seed: int = 0


@strict
@dataclass(frozen=True)
class Gate:
    """What the evidence must show before a version may be published."""

    structure: float = 0.90
    words_over_limit: float = 0.05
    bits_per_byte_gain: float = 0.0
