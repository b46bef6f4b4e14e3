"""Two releases at once, people who write meanwhile, and what a release that stops says."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Barrier, Thread

import httpx2
import pytest
from huggingface_hub import HfApi, constants

from tests.bundles import candidate, pinned, refs, writes
from tests.demos import moved
from tests.disturbed import Send, on_the_line
from tests.publishing import api, hub
from train.errors import ImprintError, StageError
from train.rehearse.hub.process import LocalHub
from train.release.order import Order, read
from train.release.publish import carried_out
from train.release.repository import differences, tree

__all__ = ["api", "hub"]
Made = Callable[..., Order]

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning")  # of the Hub's client


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files go one way or the other; other tests see to the costlier one."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory, api: HfApi) -> Made:
    """A bundle on its way to the repositories of a name; three are made in all."""
    folder = tmp_path_factory.mktemp("bundles")

    @cache
    def bundled(version: str, rows: str) -> Order:
        made = candidate(folder / f"{version}-{rows}", "races", version, rows)
        return read(made.recipe, made.run, api)

    return lambda name, version="v0.1.0", rows="one": moved(bundled(version, rows), name)


def at_once(*orders: Order) -> list[ImprintError | None]:
    """Carry them out side by side; what each ended with."""
    ended: list[ImprintError | None] = [None] * len(orders)
    start = Barrier(len(orders))

    def run(number: int) -> None:
        start.wait()
        try:
            carried_out(orders[number])
        except ImprintError as error:
            ended[number] = error

    threads = [Thread(target=run, args=(number,)) for number in range(len(orders))]
    with on_the_line(lambda _, __, send: send()):
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    return ended


def holds(each: Order, revision: str) -> list[bool]:
    return [not differences(tree(part.repository, revision), part.files) for part in each.parts]


def test_the_same_version_released_twice_at_once_is_one_version(order: Made, api: HfApi) -> None:
    both = order("same"), order("same")
    at_once(*both)
    for each in both:
        carried_out(each)
    assert holds(both[0], "v0.1.0") == holds(both[0], "main") == [True, True]
    assert {*refs(api, both[0].parts[1].repository.id, "model")} == {"main", "v0.1.0"}


def test_a_version_that_another_finishes_meanwhile_has_one_tag_in_its_space(order: Made, api: HfApi) -> None:
    ours, theirs = order("finished"), [order("finished")]

    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        answer = send()
        if theirs and "-space/commit/main" in request.url.path:
            carried_out(theirs.pop())
        return answer

    with on_the_line(fate):
        carried_out(ours)
    assert {*refs(api, ours.space.repository.id, "space")} == {"main", "v0.1.0"}


def test_of_two_bundles_of_one_version_one_is_published_and_one_refused(order: Made, api: HfApi) -> None:
    both = order("other"), order("other", rows="two")
    at_once(*both)
    ended = [_ended(each) for each in both]  # whoever was stopped in the middle goes on
    assert sorted(each is None for each in ended) == [False, True]
    winner, loser = (both[0], both[1]) if ended[0] is None else (both[1], both[0])
    assert holds(winner, "v0.1.0") == holds(winner, "main") == [True, True]
    assert "published with other bytes" in str(_ended(loser))


def _ended(each: Order) -> ImprintError | None:
    try:
        carried_out(each)
    except ImprintError as error:
        return error
    return None


def test_two_versions_released_at_once_leave_the_later_one_on_main(
    order: Made, api: HfApi, tmp_path: Path
) -> None:
    early, late = order("two"), order("two", "v0.2.0", "two")
    at_once(early, late)
    for each in (early, late):
        carried_out(each)
    assert holds(early, "v0.1.0") == holds(late, "v0.2.0") == holds(late, "main") == [True, True]
    assert pinned(api, late.space.repository.id, "main", tmp_path)["writers"][0]["version"] == "v0.2.0"


def test_an_earlier_version_does_not_overtake_a_later_one_between_look_and_commit(
    order: Made, api: HfApi
) -> None:
    early, late = order("order"), order("order", "v0.2.0", "two")
    waiting = [late]

    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        if waiting and "-data/commit/main" in request.url.path:
            carried_out(waiting.pop())
        return send()

    with on_the_line(fate):
        carried_out(early)
    assert holds(early, "v0.1.0") == holds(late, "main") == [True, True]


OWN = "\n<!-- yours -->\nAsk Ada before you quote from it.\n<!-- /yours -->\n"


@pytest.mark.parametrize(("part", "kind"), [("dataset", "dataset"), ("adapter", "model"), ("space", "space")])
def test_words_written_between_bundle_and_release_are_seen_before_the_first_write(
    order: Made, api: HfApi, hub: LocalHub, part: str, kind: str
) -> None:
    first = order(f"words-{part}")
    carried_out(first)
    theirs = next(each for each in (*first.parts, first.space) if each.name == part)
    write_own(api, theirs.repository.id, kind)
    second, before = order(f"words-{part}", "v0.2.0", "two"), writes(hub)
    with pytest.raises(StageError, match="Ask Ada before you quote from it") as refusal:
        carried_out(second)
    assert refusal.value.fix == "python -m train bundle blog --version v0.2.0"
    assert writes(hub) == before


def write_own(api: HfApi, repo: str, kind: str) -> None:
    path = api.hf_hub_download(repo, "README.md", repo_type=kind)
    card = Path(path).read_text() + OWN
    api.upload_file(path_or_fileobj=card.encode(), path_in_repo="README.md", repo_id=repo, repo_type=kind)


def test_words_written_while_a_release_runs_are_not_overwritten(order: Made, api: HfApi) -> None:
    first, second = order("late"), order("late", "v0.2.0", "two")
    carried_out(first)
    repo, waiting = second.parts[1].repository.id, [True]

    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        if waiting and "-writer/commit/main" in request.url.path:
            waiting.pop()
            write_own(api, repo, "model")
        return send()

    with on_the_line(fate), pytest.raises(StageError, match="Ask Ada") as refusal:
        carried_out(second)
    assert refusal.value.fix == "python -m train bundle blog --version v0.2.1"
    assert refusal.value.__notes__ == [
        f"Done:  dataset {second.parts[0].repository.id} v0.2.0, adapter {repo} v0.2.0 (by its tag) "
        "are published",
        f"Left:  main of adapter {repo}, space {second.space.repository.id}",
    ]
    assert "Ask Ada" in Path(api.hf_hub_download(repo, "README.md")).read_text()


@pytest.mark.parametrize(
    ("path", "done", "left"),
    [
        pytest.param(
            "-data/commit/", "nothing of v0.1.0 is published", "dataset D, adapter A, space S", id="staging"
        ),
        pytest.param(
            "-writer/tag/",
            "dataset D v0.1.0 (by its tag) is published",
            "main of dataset D, adapter A, space S",
            id="tagging",
        ),
        pytest.param(
            "-data/commit/main",
            "dataset D v0.1.0 (by its tag), adapter A v0.1.0 (by its tag) are published",
            "main of dataset D, main of adapter A, space S",
            id="moving main",
        ),
        pytest.param(
            "-space/commit/main",
            "dataset D v0.1.0, adapter A v0.1.0 are published",
            "space S",
            id="the Space",
        ),
    ],
)
@pytest.mark.parametrize("stopped", [KeyboardInterrupt, StageError])
def test_a_release_that_stops_says_what_is_published_and_what_is_not(
    order: Made, api: HfApi, path: str, done: str, left: str, stopped: type[BaseException]
) -> None:
    name = f"stop-{stopped.__name__.lower()}-{path.strip('-/').replace('/', '-')}"
    each = order(name)

    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        if path in request.url.path:
            raise stopped("enough")
        return send()

    with on_the_line(fate), pytest.raises(stopped) as ended:
        carried_out(each)
    names = [part.repository.id for part in (*each.parts, each.space)]
    for letter, repo in zip("DAS", names, strict=True):
        done, left = (words.replace(f" {letter}", f" {repo}") for words in (done, left))
    assert ended.value.__notes__ == [f"Done:  {done}", f"Left:  {left}"]
