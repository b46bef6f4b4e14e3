"""What stands before Gradio, and what is logged of what breaks there."""

import logging
import traceback
from collections.abc import Callable, Iterator
from hashlib import sha256

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

import discreet
import guard
from service import body
from service.body import MOST_BYTES
from service.faults import FaultError

SECRET = "a private title"


def breaks(error: Exception) -> TestClient:
    async def answer(_: Request) -> Response:
        raise error

    routes = [Route("/{any:path}", answer, methods=["GET", "POST"])]
    return TestClient(Starlette(routes=routes, middleware=guard.middleware()))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(KeyError(SECRET), 400, id="a name that is not there"),
        pytest.param(TypeError(SECRET), 400, id="a value of another type"),
        pytest.param(ValueError(SECRET), 400, id="a strange value"),
        pytest.param(OSError(SECRET), 500, id="a mistake of this side"),
    ],
)
def test_what_breaks_is_an_answer_that_repeats_nothing(
    error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    answer = breaks(error).post("/gradio_api/call/write")
    assert answer.status_code == status
    assert SECRET not in answer.text + caplog.text
    assert ("OSError at" in caplog.text) == (status == 500), "what a request is to blame for is not logged"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/", 200, id="the page"),
        pytest.param("/gradio_api/call/write", 200, id="a call"),
        pytest.param("/gradio_api/mcp/", 200, id="a tool"),
        pytest.param("/gradio_api/run/predict", 400, id="what Gradio will not do"),
        pytest.param("/write/run", 500, id="what broke in the service"),
        pytest.param("/gradio_api/upload", 404, id="a file"),
        pytest.param("/gradio_api/proxy=http://elsewhere.example", 404, id="another host"),
        pytest.param("/gradio_api/", 404, id="nothing"),
        pytest.param("/login", 404, id="an account"),
    ],
)
def test_only_addresses_that_are_used_are_there(path: str, status: int) -> None:
    async def answer(request: Request) -> Response:
        return PlainTextResponse("Here.", 500 if "run" in request.url.path else 200)

    app = Starlette(routes=[Route("/{any:path}", answer)], middleware=guard.middleware())
    assert TestClient(app).get(path).status_code == status


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        pytest.param("/gradio_api/call/write", 5_000, 200, id="a text"),
        pytest.param("/gradio_api/call/write", MOST_BYTES, 200, id="the most"),
        pytest.param("/gradio_api/call/write", MOST_BYTES + 1, 413, id="a byte more"),
        pytest.param("/gradio_api/mcp/", 5_000_000, 413, id="to a tool"),
        pytest.param("/write", 5_000_000, 200, id="to the service, which looks itself"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_gradio_gets_a_body_whole_or_not_at_all(path: str, size: int, status: int, chunked: bool) -> None:
    async def answer(request: Request) -> Response:
        return PlainTextResponse(sha256(await request.body()).hexdigest())

    app = Starlette(routes=[Route("/{any:path}", answer, methods=["POST"])], middleware=guard.middleware())
    sent = b"x" * size
    pieces = (sent[at : at + 65_536] for at in range(0, size, 65_536))
    said = TestClient(app).post(path, content=pieces if chunked else sent)
    assert said.status_code == status
    assert status != 200 or said.text == sha256(sent).hexdigest()
    assert status != 413 or said.json() == {"detail": "The body is too large: 128 KB at most."}


def test_gradio_does_not_wait_for_a_body_either(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_: Request) -> bytes:
        raise FaultError("too_slow", "The body did not arrive.")

    monkeypatch.setattr(body, "received", never)
    answer = breaks(OSError()).post("/gradio_api/call/write")
    assert (answer.status_code, answer.json()) == (408, {"detail": "The body did not arrive."})


@pytest.fixture
def taught() -> Iterator[None]:
    factory, printed = logging.getLogRecordFactory(), traceback.print_exc
    discreet.teach_libraries()
    yield
    logging.setLogRecordFactory(factory)
    traceback.print_exc = printed


@pytest.mark.usefixtures("taught")
@pytest.mark.parametrize(
    ("log", "said"),
    [
        pytest.param(
            lambda: logging.getLogger("uvicorn.error").exception(SECRET), "ValueError at", id="a server"
        ),
        pytest.param(lambda: logging.getLogger("mcp.server").warning(SECRET), "WARNING at", id="tools"),
        pytest.param(
            lambda: logging.getLogger().warning(SECRET), "WARNING at", id="a library without a logger"
        ),
        pytest.param(lambda: traceback.print_exc(), "ValueError at", id="Gradio"),
    ],
)
def test_libraries_log_kinds_and_places(
    log: Callable[[], None], said: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        log()
    assert said in caplog.text
    assert __file__ in caplog.text
    assert SECRET not in caplog.text + capfd.readouterr().err


@pytest.mark.usefixtures("taught")
def test_what_is_no_mistake_is_said_as_it_was_meant(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("httpx").warning("%s is slow", "The Hub")
    assert "The Hub is slow" in caplog.text
