"""A studio while it loads: what breaks there, a Hub that says nothing, and who waits for whom."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from types import SimpleNamespace

import pytest

import hub
import studio
from prompter import Prompter
from release import Release, ServingError
from tests.serviced import BLOG
from tests.serviced import studio as scripted
from tests.waiting import wait_for
from versions import Version, Versions

LONGEST_S = 10


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param(ServingError("The base is gone."), "The base is gone.", id="what is known to happen"),
        pytest.param(KeyError("options"), studio.BROKEN, id="a mistake"),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_breaks_while_loading_is_said(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loaded(*_: object) -> None:
        raise error

    monkeypatch.setattr(studio, "loaded", loaded)
    opened = studio._Studio(scripted("blog").release, {"blog": BLOG}, {})
    for each in threading.enumerate():
        if each.name == "loading":
            each.join(LONGEST_S)
    assert (opened.state().phase, opened.state().said) == ("failed", said)


def test_a_writer_whose_base_the_hub_keeps_back_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    (blog,) = scripted("blog").release.writers
    release = Release((blog, replace(blog, name="news", base="ann/other")))
    answers, writes = Event(), SimpleNamespace(engine=SimpleNamespace(waiting=0, writing=0, close=int))

    def loaded(versions: Sequence[Versions], said: Callable[[str, float], object]) -> object:
        said("Loading ...", 0.5)
        if versions[0].served.name == "news" and not answers.is_set():
            raise hub.UnreachableError("The Hub does not answer.")
        return writes

    monkeypatch.setattr(studio, "AGAIN_S", 0.01)
    monkeypatch.setattr(studio, "loaded", loaded)
    opened = studio._Studio(release, {"blog": BLOG, "news": BLOG}, {})
    wait_for(lambda: opened.state().phase == "ready")
    assert opened.state().failed == {"news": "The Hub does not answer."}
    assert (opened.state("blog").phase, opened.state("news").phase) == ("ready", "failed")
    phases = {opened.state().phase for _ in range(1000)}
    assert phases == {"ready"}, "it stays open to those who can write, while it tries again"
    answers.set()
    wait_for(lambda: opened.state("news").phase == "ready")
    assert not opened.state().failed
    opened.close()


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Hub that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(hub, "HUB", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setattr(hub, "PATIENCE_S", 0.2)
        yield


@pytest.mark.usefixtures("silent")
def test_a_silent_hub_is_not_waited_for() -> None:
    began = time.monotonic()
    with pytest.raises(hub.UnreachableError, match="does not say which versions"):
        hub.tags("ann/adapter")
    assert time.monotonic() - began < LONGEST_S


def test_nobody_waits_for_a_version_that_another_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answered = Event(), Event()

    def tags(_: str) -> dict[str, str]:
        asked.set()
        assert answered.wait(LONGEST_S)
        return {}

    monkeypatch.setattr(hub, "tags", tags)
    monkeypatch.setattr(Versions, "_read", lambda *_: Version(Prompter(BLOG, None), None))
    known = Versions(scripted("blog").release.writers[0])
    first = known.get("", "transformers")
    with ThreadPoolExecutor(1) as other:
        refused = other.submit(known.get, "v9.9.9", "transformers")
        assert asked.wait(LONGEST_S)
        assert known.get("v0.2.0", "transformers") is first
        answered.set()
        assert refused.exception(LONGEST_S) is not None


def test_a_withdrawn_version_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = ["v0.1.0", "v0.1.0-yanked", "v0.1.1", "v0.2.0", "v0.3.0-rc1", "later"]
    monkeypatch.setattr(hub, "tags", lambda _: dict.fromkeys(tags, "c" * 40))
    known = Versions(scripted("blog").release.writers[0])
    known._ask()
    assert known.names() == ("v0.2.0", "v0.3.0-rc1", "v0.1.1", "base")
