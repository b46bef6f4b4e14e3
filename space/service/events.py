"""A text as server-sent events: `waiting`, `text` with each new piece, then `done` or `error`."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from orders import RefusedError, Text
from service.answers import Answer, Fault, Piece, Waiting, Written
from service.faults import FaultError, told
from service.writing import Whole

Texts = AsyncGenerator[Text | Whole | None, None]
HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
BEAT = ": still here\n\n"
HALF = "\ufffd"  # a character of which the model has not yet said every byte
EVENTS: dict[str, type[Answer]] = {"waiting": Waiting, "text": Piece, "done": Written, "error": Fault}
EXAMPLE = """\
event: text
data: {"text":"# How to keep"}

event: text
data: {"text":" a paper notebook"}

event: done
data: {"text":"# How to keep a paper notebook","writer":"blog","version":"v1.2.0","ended":"end", ...}

"""


async def stream(texts: Texts, written: Callable[[Whole], Written], headers: dict[str, str]) -> Response:
    """The answer that grows with the text; what is refused at once still has its own status."""
    first = await anext(texts)
    events = _events(first, texts, written)
    closing = BackgroundTask(texts.aclose)  # when the client is gone, and nobody asks for more
    return StreamingResponse(
        events, headers=HEADERS | headers, media_type="text/event-stream", background=closing
    )


async def _events(
    first: Text | Whole | None, texts: Texts, written: Callable[[Whole], Written]
) -> AsyncIterator[str]:
    said = ""
    try:
        async for text in _after(first, texts):
            if text is None:
                yield BEAT
                continue
            if isinstance(text, Text) and text.ahead:
                yield _event("waiting", Waiting(ahead=text.ahead))
            if new := _new(said, text):
                said += new
                yield _event("text", Piece(text=new))
            if isinstance(text, Whole):
                yield _event("done", written(text))
    except (RefusedError, FaultError) as refused:
        yield _event("error", told(refused))


async def _after(first: Text | Whole | None, texts: Texts) -> Texts:
    async with aclosing(texts):
        yield first
        async for text in texts:
            yield text


def _new(said: str, text: Text | Whole) -> str:
    """What can be said now; a piece that is said stays said, so a half character waits for its rest."""
    whole = text.text if isinstance(text, Whole) else text.text.rstrip(HALF)
    return whole[len(said) :] if whole.startswith(said) else ""


def _event(name: str, data: Answer) -> str:
    return f"event: {name}\ndata: {data.model_dump_json(exclude_none=True)}\n\n"
