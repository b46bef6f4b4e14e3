"""What comes back, as clients read it."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

PLAIN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
Finished = Literal["end", "length", "stopped", "time"]


class Answer(BaseModel):
    """What all answers have in common: they are read, never changed."""

    model_config = ConfigDict(frozen=True)


class Written(Answer):
    """A text and how it came about."""

    text: str = Field(description="Markdown", examples=["# How to keep a paper notebook\n\nStart small."])
    writer: str = Field(examples=["blog"])
    version: str = Field(description="The version that wrote it", examples=["v1.2.0"])
    ended: Finished = Field(
        description="`end`: the writer was done. `length`: it reached max_new_tokens. "
        "`stopped`: the Space is closing. `time`: it took too long; the text is what was there by then."
    )
    tokens: int = Field(examples=[214])
    words: int = Field(examples=[160])
    characters: int = Field(examples=[903])
    seconds: float = Field(description="From the request to the last word", examples=[3.2])
    seed: int = Field(
        description="With the same settings and version it gives this text again, or nearly so beside others",
        examples=[42],
    )
    ai_generated: Literal[True] = True


class Fault(Answer):
    """Why there is none: a code for machines, a sentence for people."""

    code: str = Field(examples=["bad_request"])
    message: str = Field(examples=["Input should be less than or equal to 2."])
    field: str | None = Field(
        None, description="Of the request, where one is to blame", examples=["temperature"]
    )


class Waiting(Answer):
    """A text that waits for its turn."""

    ahead: int = Field(description="Texts that go first", examples=[2])


class Piece(Answer):
    """What a text has grown by."""

    text: str = Field(examples=[" a paper notebook"])


class Health(Answer):
    """How the Space is; the status is 200 once a writer of it can be asked, 503 before and if none can."""

    live: Literal[True] = True
    ready: bool
    state: Literal["loading", "ready", "failed"]
    message: str = Field(examples=["Ready."])
    share: float = Field(description="Of loading, from 0 to 1", examples=[1.0])
    waiting: int = Field(description="Texts that wait for their turn")
    writing: int = Field(description="Texts in work")
    failed: dict[str, str] = Field(
        description="Writers that cannot be asked, and why; the others can", examples=[{}]
    )


class FieldInfo(Answer):
    """One field of a writer."""

    label: str = Field(examples=["Blog title"])
    required: bool
    max_chars: int | None = None
    choices: list[int] | None = None
    default: int | None = None
    examples: list[str] | None = None


class DecodingInfo(Answer):
    """How a writer draws its text if the request says nothing; temperature 0 takes the likeliest token."""

    max_new_tokens: int = Field(description="The default, and the most that can be asked for")
    temperature: float
    top_p: float
    repetition_penalty: float
    seed: int


class Pinned(Answer):
    """A repository at a commit."""

    repo: str = Field(examples=["ann/blog-writer"])
    revision: str = Field(examples=["0123456789abcdef0123456789abcdef01234567"])
    url: str = Field(description="Its page, with the card that states its licence")


class Parts(Answer):
    """What a writer was made of."""

    adapter: Pinned
    base: Pinned
    dataset: Pinned


class WriterInfo(Parts):
    """A writer, what it takes and what it is."""

    name: str = Field(examples=["blog"])
    title: str = Field(examples=["Title to blog post"])
    paths: list[str] = Field(description="Where to ask it", examples=[["/write"]])
    version: str = Field(examples=["v1.2.0"])
    versions: list[str] = Field(description="What `version` may be", examples=[["v1.2.0", "v1.1.0", "base"]])
    fields: dict[str, FieldInfo]
    decoding: DecodingInfo


class Limits(Answer):
    """What every request keeps to."""

    text_characters: int
    body_bytes: int
    requests_per_minute: int
    seconds_per_text: float
    texts_at_once: int


class Info(Answer):
    """What this Space serves."""

    engine: str = Field(examples=["transformers, 4 bits, on a CPU"])
    service_on: bool = Field(description="Whether texts can be asked for here, with a token")
    limits: Limits
    writers: list[WriterInfo]


class ReleaseInfo(Parts):
    """One writer's version."""

    writer: str = Field(examples=["blog"])
    version: str = Field(examples=["v1.2.0"])


class Version(Answer):
    """Which versions are served, to the commit."""

    releases: list[ReleaseInfo]


def json_answer(answer: Answer, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The answer as JSON."""
    body = answer.model_dump_json(exclude_none=True)
    return Response(body, status, PLAIN | dict(headers or {}), "application/json")
