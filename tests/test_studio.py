"""The Space's studio against the embedded Hub: loading, versions, what it refuses, a Hub that is away."""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import writing
from tests.hub_fixtures import running_client
from tests.studios import ASKED, NOWHERE, Release, of_kind, opened, publish, written
from tests.writing import KINDS
from train.rehearse.hub.process import LocalHub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def release(client: "Client", tmp_path_factory: pytest.TempPathFactory) -> Release:
    return client.run(publish, tmp_path_factory.mktemp("studio"))


def all_versions(release: Release) -> tuple[list[tuple[str, str]], Sequence[str], str, float]:
    with opened(release) as found:
        found.versions("blog")
        released = [written(found), written(found)]
        began = time.monotonic()
        others = [written(found, "v0.1.0"), written(found, "base"), written(found, "v0.2.0")]
        return [*released, *others], found.versions("blog"), found.engine, time.monotonic() - began


@pytest.mark.parametrize("kind", KINDS)
def test_versions_and_the_base_are_written_over_one_loaded_base(
    kind: str, hub: LocalHub, client: "Client", release: Release
) -> None:
    writing.needed(kind)
    before = len(hub.requests())
    texts, versions, engine, _ = client.run(all_versions, of_kind(kind, release))
    assert texts[0] == texts[1] == texts[4]
    assert len({text for text, _ in texts}) == 3
    assert all(ended in ("end", "length") for _, ended in texts)
    assert list(versions) == ["v0.2.0", "v0.3.0-rc.1", "v0.1.1", "v0.1.0", "base"]
    assert engine.startswith(kind)
    asked = [each.path for each in hub.requests()[before:] if each.method == "GET"]
    assert len([path for path in asked if "studio-base/resolve" in path and "model.safetensors" in path]) <= 1


def written_and_named(release: Release) -> tuple[tuple[str, str], str]:
    with opened(release) as found:
        return written(found), found.engine


def test_where_llama_cpp_ends_its_process_transformers_writes(
    hub: LocalHub, release: Release, tmp_path: Path
) -> None:
    (tmp_path / "llama_cpp.py").write_text("import os\nos.abort()\n")
    with running_client(hub, tmp_path / "home", PYTHONPATH=str(tmp_path)) as client:
        (_, ended), engine = client.run(written_and_named, release)
    assert ended in ("end", "length")
    assert engine.startswith("transformers")


def likeliest(release: Release) -> list[str]:
    from orders import Order

    greedy = writing.GREEDY
    with opened(release) as found:
        return [[*found.write(Order("blog", ASKED, version, greedy))][-1].text for version in ("", "base")]


def test_both_engines_write_the_same_text(client: "Client", release: Release) -> None:
    writing.needed("llama.cpp")
    texts = [client.run(likeliest, of_kind(kind, release)) for kind in KINDS]
    assert texts[0] == texts[1]


def refusals(release: Release) -> dict[str, tuple[str, str]]:
    with opened(release) as found:
        return {
            "another base": written(found, "v0.3.0-rc.1"),
            "another prompt": written(found, "v0.1.1"),
            "no version": written(found, "v9.0.0"),
            "no writer": written(found, writer="news"),
            "no title": written(found, title=" "),
            "too long a prompt": written(found, title="日" * 199),
        }


def test_what_cannot_be_written_is_refused_with_a_reason(client: "Client", release: Release) -> None:
    found = client.run(refusals, of_kind("transformers", release))
    assert found["another base"][0] == "failed"
    assert "was trained on rehearsal/studio-other" in found["another base"][1]
    assert "not the one that training saw" in found["another prompt"][1]
    assert found["no version"] == (
        "unknown_version",
        "There is no version 'v9.0.0' of this writer: it has v0.2.0, v0.3.0-rc.1, v0.1.1, v0.1.0, base.",
    )
    assert found["no writer"] == ("unknown_writer", "There is no writer 'news' here: there is blog.")
    assert found["no title"] == ("bad_request", "title: Please write something here first.")
    assert found["too long a prompt"][0] == "bad_request"
    assert "This text is too long" in found["too long a prompt"][1]


def loaded_for_two(release: Release) -> tuple[int, list[tuple[str, str]]]:
    first = release["writers"][0]
    second = first | {"name": "notes", "title": "Notes"}
    with opened({"writers": [first, second]}) as found:
        engines = {id(each.engine) for each in found._loaded.values()}  # type: ignore[attr-defined]
        return len(engines), [written(found), written(found, writer="notes")]


def test_writers_with_one_base_share_it(client: "Client", release: Release) -> None:
    engines, texts = client.run(loaded_for_two, of_kind("transformers", release))
    assert engines == 1
    assert texts[0] == texts[1]


def states(release: Release) -> list[tuple[str, str, float]]:
    from pydantic import TypeAdapter

    import studio
    from release import Release as Served

    found = studio.opened(TypeAdapter(Served).validate_python(release))
    seen = [found.state()]
    refused = written(found)
    while seen[-1].phase == "loading":
        time.sleep(0.001)
        if found.state() != seen[-1]:
            seen.append(found.state())
    found.close()
    return [("refused", refused[0], 0.0), *((each.phase, each.said, each.share) for each in seen)]


def test_loading_tells_how_far_it_is(hub: LocalHub, release: Release, tmp_path: Path) -> None:
    with running_client(hub, tmp_path / "home") as fresh:
        refused, *seen = fresh.run(states, of_kind("transformers", release))
    assert refused[1] == "loading"
    assert any(said.startswith("Downloading rehearsal/studio-base: ") for _, said, _ in seen)
    assert seen[-1] == ("ready", "Ready.", 1.0)
    shares = [share for _, _, share in seen]
    assert shares == sorted(shares)


def missing(release: Release) -> tuple[str, str]:
    with opened(release) as found:
        return found.state().phase, found.state().said


def test_a_commit_that_is_gone_is_named(client: "Client", release: Release) -> None:
    gone = {"writers": [of_kind("transformers", release)["writers"][0] | {"base_revision": "0" * 40}]}
    phase, said = client.run(missing, gone)
    assert phase == "failed"
    assert "rehearsal/studio-" in said


def away(release: Release) -> tuple[list[tuple[str, str]], Sequence[str], float]:
    began = time.monotonic()
    with opened(release) as found:
        texts = [written(found), written(found, "base"), written(found, "v0.1.0")]
        return texts, found.versions("blog"), time.monotonic() - began


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def near(hub: LocalHub, home: Path) -> Iterator["Client"]:
    """Somebody who warms a cache of their own."""
    with running_client(hub, home) as near:
        yield near


@pytest.fixture(scope="module")
def far(hub: LocalHub, home: Path) -> Iterator["Client"]:
    """Somebody with the same cache, for whom no Hub answers."""
    with running_client(hub, home, **NOWHERE) as far:
        yield far


@pytest.mark.parametrize("kind", KINDS)
def test_with_a_warm_cache_the_hub_may_be_away(
    kind: str, near: "Client", far: "Client", release: Release
) -> None:
    writing.needed(kind)
    texts = near.run(all_versions, of_kind(kind, release))[0]
    found, versions, _ = far.run(away, of_kind(kind, release))
    assert found[:2] == [texts[0], texts[3]]
    assert found[2][0] == "unreachable"
    assert list(versions) == ["v0.2.0", "base"]


def cold(release: Release) -> tuple[str, float]:
    from release import ServingError

    began = time.monotonic()
    try:
        missing(release)
    except ServingError as error:
        return str(error), time.monotonic() - began
    return "", 0.0


@contextmanager
def silent() -> Iterator[str]:
    """A Hub that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_with_a_cold_cache_it_says_soon_that_the_hub_is_away(
    hub: LocalHub, release: Release, tmp_path: Path
) -> None:
    with silent() as url, running_client(hub, tmp_path / "home", HF_ENDPOINT=url) as alone:
        said, seconds = alone.run(cold, release)
    start = f"rehearsal/studio-adapter@{release['writers'][0]['adapter_revision'][:7]} cannot be loaded from"
    assert said == f"{start} {url}: the Hub does not answer."
    assert seconds < 60, "soon, even where the imports alone take half a minute"


@pytest.mark.parametrize("status", [503, 429])
def test_a_hub_that_cannot_answer_now_is_asked_again_later(
    status: int, hub: LocalHub, release: Release, tmp_path: Path
) -> None:
    hub.arm(f"* */resolve/* {status}")
    try:
        with running_client(hub, tmp_path / "home") as alone:
            said, _ = alone.run(cold, release)
    finally:
        hub.arm()
    assert said.endswith("the Hub does not answer.")
