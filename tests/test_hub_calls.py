from collections.abc import Callable, Iterator

import httpx2
import pytest
from huggingface_hub import set_client_factory
from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError, OfflineModeIsEnabled
from huggingface_hub.utils._http import default_client_factory, get_session

from train import client, patience
from train.errors import ImprintError, StageError

REQUEST = httpx2.Request("POST", "https://hub.example/api/models/a/b/tag/main")


def answer(status: int, **headers: str) -> HfHubHTTPError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HfHubHTTPError("long", response=httpx2.Response(status, headers=named, request=REQUEST))


def failing(*mishaps: Exception) -> Callable[[], str]:
    """A call that raises these, one a call, and then succeeds."""
    left = iter(mishaps)

    def call() -> str:
        for mishap in left:
            raise mishap
        return "done"

    return call


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(patience, "sleep", waited.append)
    return waited


@pytest.mark.parametrize(
    ("mishap", "wait_s"),
    [
        *(pytest.param(answer(status), 1.0, id=str(status)) for status in (408, 429, 500, 502, 503, 504)),
        pytest.param(answer(429, ratelimit='"api";r=0;t=55'), 56.0, id="the window ends in 55 s"),
        pytest.param(answer(429, ratelimit='"api";r=9;t=55', retry_after="7"), 7.0, id="another limit"),
        pytest.param(answer(503, retry_after="20"), 20.0, id="Retry-After"),
        pytest.param(answer(503, retry_after="Fri, 31 Dec 2027 23:59:59 GMT"), 1.0, id="a date"),
        pytest.param(answer(429, retry_after="86400"), 301.0, id="no wait for a day"),
        pytest.param(httpx2.ConnectError("refused"), 1.0, id="nobody listens"),
        pytest.param(httpx2.ReadTimeout("slow"), 1.0, id="a silent server"),
        pytest.param(httpx2.RemoteProtocolError("cut"), 1.0, id="a cut line"),
        pytest.param(ConnectionError("Network error"), 1.0, id="an upload cut"),
    ],
)
def test_a_passing_mishap_is_waited_out(mishap: Exception, wait_s: float, waits: list[float]) -> None:
    assert patience.asked(failing(mishap)) == "done"
    assert waits == [wait_s]


@pytest.mark.parametrize(
    "error",
    [
        *(pytest.param(answer(status), id=str(status)) for status in (400, 401, 403, 404, 409, 412)),
        pytest.param(OfflineModeIsEnabled("offline"), id="offline on purpose"),
        pytest.param(ValueError("a bug"), id="a bug"),
    ],
)
def test_what_will_not_pass_is_not_waited_for(error: Exception, waits: list[float]) -> None:
    with pytest.raises(type(error)):
        patience.asked(failing(error))
    assert waits == []


def test_patience_ends(waits: list[float]) -> None:
    with pytest.raises(HfHubHTTPError):
        patience.asked(failing(*[answer(503)] * 9))
    assert waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("lost", [answer(503), answer(409), answer(412), httpx2.ReadError("cut")])
def test_a_write_whose_answer_was_lost_is_not_sent_twice(lost: Exception, waits: list[float]) -> None:
    written: list[str] = []

    def write() -> None:
        written.append("tag")
        raise lost

    look = lambda: written[0] if written else None  # noqa: E731
    assert patience.ensured(look, write, what=lambda: "a tag") == "tag"
    assert written == ["tag"]


def test_what_is_there_is_not_written(waits: list[float]) -> None:
    def write() -> None:
        raise AssertionError("written")

    assert patience.ensured(lambda: "there", write, what=lambda: "a tag") == "there"


def test_a_write_that_is_never_seen_is_an_error(waits: list[float]) -> None:
    written: list[int] = []
    with pytest.raises(StageError, match="does not show a tag"):
        patience.ensured(lambda: None, lambda: written.append(1), what=lambda: "a tag")
    assert len(written) == len(patience.PAUSES_S)


@pytest.mark.parametrize(
    ("error", "words", "fix"),
    [
        pytest.param(answer(401), "401 Unauthorized", "hf auth login", id="a token nobody knows"),
        pytest.param(answer(403), "403 Forbidden", "hf auth login", id="a token without the right"),
        pytest.param(answer(500), "500 Internal", "again", id="a broken Hub"),
        pytest.param(httpx2.ConnectError("no route"), "hub.example cannot be reached", "again", id="no Hub"),
        pytest.param(
            LocalTokenNotFoundError("long"), "no Hugging Face token", "hf auth login", id="no token"
        ),
    ],
)
def test_an_error_of_the_client_becomes_a_sentence_and_a_command(
    error: Exception, words: str, fix: str
) -> None:
    with pytest.raises(ImprintError, match=words) as told, patience.explained("https://hub.example", "again"):
        raise error
    assert told.value.fix == fix
    assert told.value.__cause__ is error
    assert "\n" not in str(told.value)


@pytest.fixture
def no_token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(client, "get_token", lambda: None)
    yield
    set_client_factory(default_client_factory)


@pytest.mark.usefixtures("no_token")
def test_without_a_token_nothing_is_asked_and_no_call_lasts_for_ever() -> None:
    with pytest.raises(ImprintError) as told:
        client.connect()
    assert told.value.fix == "hf auth login"
    assert get_session().timeout == httpx2.Timeout(120.0, connect=10.0)
