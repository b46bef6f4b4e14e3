"""The service's addresses: who asks, what for, what comes back."""

import time
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from door import address
from orders import Order, Studio
from rates import Rates
from service import about, asks, body, document, events, schema
from service.answers import Health, Info, Version, Written, json_answer
from service.asks import Kinds
from service.events import Texts
from service.faults import HANDLERS, FaultError, answer
from service.keys import SECRET, Keys
from service.visitor import unless_gone
from service.writing import Room, Whole

PATHS = ("/write", "/humanize", "/health", "/info", "/version", "/docs", "/openapi.json")
OFF = f"Texts can be asked for on the page only: the owner can turn this on with a secret {SECRET!r}."
NO_TOKEN = "Send a token of this Space: `Authorization: Bearer TOKEN`, or `X-API-Key: TOKEN`."  # noqa: S105


@dataclass(frozen=True)
class Service:
    """What answers are made from."""

    studio: Studio
    keys: Keys
    rates: Rates
    room: Room

    def admit(self, request: Request) -> dict[str, str]:
        """Count the request; headers that say what is left. Refuses strangers, and who asks too often."""
        if not self.keys.digests:
            raise FaultError("service_off", OFF)
        holder = self.keys.holder(request.headers)
        left = self.rates.take(holder or address(request), time.monotonic())
        if left.wait_s:
            said = f"{left.per_minute} requests a minute are allowed: ask again in {left.wait_s} s."
            raise FaultError("too_many_requests", said, headers=left.headers)
        if not holder:
            raise FaultError("unauthorized", NO_TOKEN, headers={"WWW-Authenticate": "Bearer"})
        return left.headers

    async def text(self, kinds: Kinds, request: Request) -> Response:
        """The text that a request asks for, whole or as it grows."""
        begun_s = time.monotonic()
        sent = await body.received(request)
        headers = request.state.left = self.admit(request)  # which errors say as well
        order, stream = kinds.order(body.parsed(request.headers, sent))
        written = partial(self._written, order, begun_s)
        texts = self.room.follow(order)
        if _wants_events(stream, request):
            return await events.stream(texts, written, headers)
        whole = await unless_gone(request, _whole(texts))
        return json_answer(written(whole), headers=headers) if whole else Response(status_code=499)

    def _written(self, order: Order, begun_s: float, whole: Whole) -> Written:
        return Written(
            text=whole.text,
            writer=order.writer,
            version=order.version or about.served(self.studio, order.writer).version,
            ended=whole.ended,
            tokens=whole.tokens,
            words=len(whole.text.split()),
            characters=len(whole.text),
            seconds=round(time.monotonic() - begun_s, 3),
            seed=order.decoding.seed if order.decoding else 0,
        )


def build(service: Service) -> FastAPI:
    """The service as an application of its own, so that its errors and its schema stay its own."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers=HANDLERS,
        generate_unique_id_function=lambda route: route.name,
    )
    app.add_middleware(ExceptionMiddleware, handlers={Exception: answer})  # FastAPI's own would log a trace
    to_write, to_humanize = asks.to_write(service.studio), asks.to_humanize(service.studio)
    _add_texts(app, service, to_write, to_humanize)
    _add_facts(app, service)
    _add_description(app, schema.described(app, service.studio.release, [to_write, to_humanize]))
    _answer_heads(app)
    return app


def _add_description(app: FastAPI, described: schema.Schema) -> None:
    page = document.page(described)

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return JSONResponse(described)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": document.POLICY})


def _answer_heads(app: FastAPI) -> None:
    """What can be read can be asked about, as programs that watch addresses do."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")


def _add_texts(app: FastAPI, service: Service, to_write: Kinds, to_humanize: Kinds) -> None:
    """`/write`, and `/humanize` if a writer that rewrites is served."""

    @app.post("/write", summary="Write a text", **schema.of_texts(to_write))
    async def write(request: Request) -> Response:
        """A text by one of this Space's writers: whole as JSON, or as it grows."""
        return await service.text(to_write, request)

    if to_humanize.of:

        @app.post("/humanize", summary="Say a formal text naturally", **schema.of_texts(to_humanize))
        async def humanize(request: Request) -> Response:
            """The same in other words: a tool for tone; it hides nothing and makes no text yours."""
            return await service.text(to_humanize, request)


def _add_facts(app: FastAPI, service: Service) -> None:
    """What needs no token."""

    @app.get("/health", summary="Is it ready?", response_model=Health, responses=schema.NOT_READY)
    async def health() -> Response:
        """How far loading is, which writers failed, how many texts wait; 503 until texts can be written."""
        found = about.health(service.studio)
        return json_answer(found, 200 if found.ready else 503)

    @app.get("/info", summary="What is served?", response_model=Info)
    def info() -> Response:
        """The writers with their fields and defaults, the engine, the limits."""
        return json_answer(about.info(service.studio, service.rates, bool(service.keys.digests)))

    @app.get("/version", summary="Which versions?", response_model=Version)
    async def version() -> Response:
        """Each writer's version, and the commits it is made of."""
        return json_answer(about.version(service.studio))


def _wants_events(stream: bool | None, request: Request) -> bool:
    if stream is not None:
        return stream
    accepted = ",".join(request.headers.getlist("accept")).lower()
    return "text/event-stream" in accepted and "json" not in accepted  # who takes both gets the plain one


async def _whole(texts: Texts) -> Whole:
    async with aclosing(texts):
        async for text in texts:
            if isinstance(text, Whole):
                return text
    raise AssertionError("a text has an end")
