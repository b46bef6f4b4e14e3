"""A crowd at the whole Space with a toy model: PYTHONPATH=space python -m tests.crowd llama.cpp

Each text is asked for alone first; under load the same request has to give the same text.
"""

import argparse
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx2

from tests import loops, studios
from tests.browser import published
from tests.browser.serving import copied, serving
from tests.load import Asked, Draw, Fits, Told, use_at_once
from tests.serviced import HEADERS, SECRETS, Process
from tests.waiting import PATIENCE_S, wait_for
from train.rehearse.hub.process import LocalHub, running_hub

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

TITLES = 12
WARM_S = 5.0
PUBLISH = {"llama.cpp": studios.publish, "transformers": published.publish}
AT_ADDRESSES = {"SPACE_ID": "rehearsal/space"}  # behind a proxy, which tells visitors apart


@contextmanager
def space(kind: str, hub: LocalHub, client: "Client", folder: Path) -> Iterator[Process]:
    """A Space whose texts this engine writes."""
    release = client.run(PUBLISH[kind], folder / "toy")
    environment = hub.environment(folder / "cache") | SECRETS | AT_ADDRESSES
    with serving(copied(folder / "space", release), environment) as served:
        url = served.url.replace("0.0.0.0", "127.0.0.1")
        wait_for(lambda: httpx2.get(f"{url}/health").is_success)
        yield Process(url, served.process.pid, folder / "space" / "stderr.txt")


def alone(url: str) -> dict[Asked, str]:
    """What each request gives while nobody else asks."""
    requests = [Asked(f"Notes of day {day}", words) for day in range(TITLES) for words in (40, 80)]
    with httpx2.Client(base_url=url, headers=HEADERS, timeout=PATIENCE_S) as client:
        return {each: text_of(client, each) for each in requests}


def text_of(client: httpx2.Client, asked: Asked) -> str:
    return str(client.post("/write", json=vars(asked)).json()["text"])


def draw_from(texts: Mapping[Asked, str]) -> Draw:
    known = list(texts)
    return lambda chance: chance.choice(known)


def processor() -> str:
    """What the system says of it: llama.cpp sums a row alone as it does beside others only in AMX's tiles."""
    told = Path("/proc/cpuinfo")
    return told.read_text(encoding="utf-8") if told.exists() else ""


def same(texts: Mapping[Asked, str]) -> Fits:
    """The very text that the request gave alone."""
    return lambda asked, text: text == texts[asked]


def nearest(texts: Mapping[Asked, str]) -> Fits:
    """A text that is nearer to its own than to every other: beside others, sums are rounded differently."""

    def fits(asked: Asked, text: str) -> bool:
        near = {each: SequenceMatcher(None, text, known, False).ratio() for each, known in texts.items()}
        return near[asked] == max(near.values())

    return fits


FITS = {"llama.cpp": same if "amx_int8" in processor() else nearest, "transformers": nearest}


def ask(url: str, kind: str, texts: Mapping[Asked, str], users: int, seconds: float) -> Told:
    """What a crowd meets."""
    return loops.run(use_at_once(url, users, seconds, draw_from(texts), FITS[kind](texts)))


def taken(process: Process) -> str:
    return f"{process.memory_mb():,.0f} MB, {process.threads()} threads, {process.open_files()} open files"


def report(process: Process, kind: str, users: int, seconds: float) -> None:
    """Print what the crowd met, and what the process took before and after."""
    texts = alone(process.url)
    engine = httpx2.get(f"{process.url}/info").json()["engine"]
    print(f"{engine}; {len(set(texts.values()))} different texts; before: {taken(process)}", flush=True)
    for lasting_s in (WARM_S, seconds):
        print(ask(process.url, kind, texts, users, lasting_s))
        time.sleep(3)  # until connections that ended are closed there too
        health = httpx2.get(f"{process.url}/health").json()
        print(f"after {lasting_s:.0f} s: {taken(process)}; {health}", flush=True)
    print("in its log:", process.said.read_text()[-2000:] or "nothing")


def main() -> None:
    """Say how a crowd fares."""
    from tests.hub_fixtures import running_client

    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=FITS)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    with (
        TemporaryDirectory() as name,
        running_hub(Path(name) / "hub") as hub,
        running_client(hub, Path(name) / "home") as client,
        space(asked.kind, hub, client, Path(name)) as process,
    ):
        report(process, asked.kind, asked.users, asked.seconds)


if __name__ == "__main__":
    main()
