"""The Space of a release: it runs the new commit, is asked, named, and put back if it cannot serve."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import HfApi

from cards import top
from tests.bundles import Candidate, candidate, pinned, refs, writes
from tests.demos import ANSWERING, DYING, LOADING, OPENING, SILENT, moved, named_as, order
from tests.disturbed import KilledError, Send, on_the_line
from tests.waiting import PATIENCE_S
from train import patience
from train.errors import StageError
from train.outcome import outcome
from train.rehearse.hub.process import LocalHub, running_hub
from train.release import asking
from train.release.publish import carried_out
from train.release.published.rollback import rollback
from train.release.published.yank import yank

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning"),  # of the Hub's client
]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), arguments=["--run-spaces"]) as hub:
        yield hub


@pytest.fixture
def api(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[HfApi]:
    monkeypatch.setattr(patience, "sleep", lambda seconds: time.sleep(min(seconds, 0.1)))
    monkeypatch.setattr(asking, "LATE_S", PATIENCE_S)
    api = HfApi(endpoint=hub.url, token=hub.token)
    yield api
    for space in api.list_spaces(author="rehearsal"):
        api.delete_repo(space.id, repo_type="space")  # only three run at the same time


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Candidate]:
    folder = tmp_path_factory.mktemp("bundles")
    return lambda name, version="v0.1.0", rows="one": candidate(
        folder / f"{name}-{version}-{rows}", name, version, rows
    )


def test_the_space_is_asked_for_a_text_and_then_named(
    make: Callable[..., Candidate], api: HfApi, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make("asked")
    result = carried_out(order(made, api, ANSWERING))
    assert result.space is not None
    assert result.not_asked == ""
    assert refs(api, made.publish.space, "space")["v0.1.0"] == result.space.commit
    title = next(iter(made.recipe.inputs.values())).examples[0]
    assert f"answers: “# {title}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("app", "busy"),
    [
        pytest.param(LOADING, "Loading the base ...", id="its writer is loading"),
        pytest.param(OPENING, "has opened just now", id="its service opens after its page"),
    ],
)
def test_a_space_that_was_asked_too_early_is_asked_again(
    make: Callable[..., Candidate], api: HfApi, capsys: pytest.CaptureFixture[str], app: str, busy: str
) -> None:
    made = make("early")
    result = carried_out(order(made, api, app))
    assert result.space is not None
    said = capsys.readouterr().err
    assert f"space    {made.publish.space}  {busy}" in said
    assert "answers: “# " in said


def test_the_next_version_is_asked_and_not_the_one_that_still_serves(
    make: Callable[..., Candidate], api: HfApi, tmp_path: Path
) -> None:
    carried_out(order(make("next"), api, ANSWERING))
    second = carried_out(order(make("next", "v0.2.0", "two"), api, ANSWERING))
    made = make("next")
    assert second.space is not None
    assert api.get_space_runtime(made.publish.space).raw["sha"] == second.space.commit
    assert pinned(api, made.publish.space, "main", tmp_path)["writers"][0]["version"] == "v0.2.0"


@pytest.mark.parametrize(
    ("app", "said"),
    [
        pytest.param(DYING, "the base does not fit into memory", id="it ends while it starts"),
        pytest.param(SILENT, "ended with an error", id="it starts and does not answer"),
    ],
)
def test_a_space_that_cannot_serve_goes_back_to_the_last_good_version(
    make: Callable[..., Candidate], api: HfApi, tmp_path: Path, app: str, said: str
) -> None:
    first, second = order(make("back"), api, ANSWERING), order(make("back", "v0.2.0", "two"), api, app)
    good = carried_out(first)
    with pytest.raises(StageError, match=said) as refusal:
        carried_out(second)
    repo = make("back").publish.space
    assert "Dataset and adapter v0.2.0 stay published; main is back at v0.1.0." in str(refusal.value)
    assert refusal.value.fix == "python -m train release blog"
    assert [line[:4] for line in refusal.value.__notes__] == ["Done", "Left"]
    assert refusal.value.__notes__[1] == f"Left:  space {repo}"
    served = pinned(api, repo, "main", tmp_path)["writers"][0]
    assert served["version"] == "v0.1.0"
    assert served["adapter_revision"] == good.adapter.commit
    assert "v0.2.0" not in refs(api, repo, "space")
    newest = api.list_repo_commits(repo, repo_type="space")[0]
    assert newest.title == "Back to v0.1.0"
    assert "It could not serve blog v0.2.0" in newest.message

    mended = carried_out(order(make("back", "v0.2.0", "two"), api, ANSWERING))
    assert mended.space is not None
    assert refs(api, repo, "space")["v0.2.0"] == mended.space.commit


@pytest.mark.parametrize(
    ("name", "undo"),
    [
        ("withdrawn", lambda api, repo: yank(api, repo, "v0.2.0", "It repeats a private letter.")),
        ("returned", rollback),
    ],
)
def test_it_goes_back_to_what_it_served_and_not_to_the_newest_tag(
    make: Callable[..., Candidate], api: HfApi, tmp_path: Path, name: str, undo: Callable[[HfApi, str], str]
) -> None:
    made = make(name)
    carried_out(order(made, api, ANSWERING))
    carried_out(order(make(name, "v0.2.0", "two"), api, ANSWERING))
    undo(api, made.publish.adapter)
    with pytest.raises(StageError, match=r"main is back at v0\.1\.0"):
        carried_out(order(make(name, "v0.3.0", "three"), api, DYING))
    assert pinned(api, made.publish.space, "main", tmp_path)["writers"][0]["version"] == "v0.1.0"


def test_a_first_version_that_cannot_serve_has_nothing_to_go_back_to(
    make: Callable[..., Candidate], api: HfApi
) -> None:
    made = make("broken")
    with pytest.raises(StageError, match="it has no earlier version to go back to"):
        carried_out(order(made, api, DYING))
    assert set(refs(api, made.publish.space, "space")) == {"main"}
    assert "v0.1.0" in refs(api, made.publish.adapter, "model")


def test_a_space_that_may_not_read_its_files_is_given_a_token_first(
    make: Callable[..., Candidate], api: HfApi
) -> None:
    shut = "raise SystemExit('it is not there, or private: then this Space needs a secret HF_TOKEN.')"
    with pytest.raises(StageError, match="needs a secret HF_TOKEN") as refusal:
        carried_out(order(make("shut"), api, shut))
    settings = f"{api.endpoint}/spaces/{make('shut').publish.space}/settings"
    assert refusal.value.fix == f"set its secret HF_TOKEN on {settings}, then python -m train release blog"


def test_a_paused_space_is_not_asked_and_the_release_says_so(
    make: Callable[..., Candidate], api: HfApi
) -> None:
    made = make("paused")
    carried_out(order(made, api, ANSWERING))
    api.pause_space(made.publish.space)
    result = carried_out(order(make("paused", "v0.2.0", "two"), api, ANSWERING))
    assert result.not_asked == "it is paused"
    assert "; the Space was not asked: it is paused" in outcome(result)
    assert "v0.2.0" in refs(api, made.publish.space, "space")


def test_several_writers_share_a_space_and_keep_each_others_pins(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub, tmp_path: Path
) -> None:
    space = make("shared").publish.space
    alone = order(make("shared"), api, ANSWERING)
    other = named_as(order(make("other"), api, ANSWERING, space), "news")
    later = order(make("shared", "v0.2.0", "two"), api, ANSWERING)
    results = [carried_out(each) for each in (alone, other, later)]
    served = {each["name"]: each for each in pinned(api, space, "main", tmp_path)["writers"]}
    assert list(served) == ["blog", "news"]
    assert served["blog"]["adapter_revision"] == results[2].adapter.commit
    assert served["news"]["adapter_revision"] == results[1].adapter.commit
    assert {"v0.1.0", "news-v0.1.0", "blog-v0.2.0"} <= set(refs(api, space, "space"))
    page = Path(api.hf_hub_download(space, "README.md", repo_type="space", cache_dir=tmp_path))
    values = top.read(page.read_text(encoding="utf-8")).values
    assert {results[1].adapter.repo, results[2].adapter.repo} <= set(values["models"]), "its page names all"
    assert values["short_description"] == "2 writers, each at its own version"
    before = writes(hub)
    again = [carried_out(each) for each in (alone, other, later)]
    assert [each.space for each in again] == [each.space for each in results]
    assert writes(hub) == before


def test_an_account_that_may_not_see_the_runtime_asks_the_app_which_version_it_is(
    make: Callable[..., Candidate], api: HfApi, hub: LocalHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.arm("GET */runtime 403")
    try:
        result = carried_out(order(make("unseen"), api, ANSWERING))
        monkeypatch.setattr(asking, "LATE_S", 1.0)
        mute = ANSWERING.replace('"/version": PINS, ', "")
        unknown = carried_out(order(make("mute"), api, mute))
    finally:
        hub.arm()
    assert result.not_asked == ""
    assert unknown.not_asked == "this account cannot see which commit it runs"


STEPS = ("-space/commit/main", "-space/runtime", "/gradio_api/call/write", "-space/tag/")
UNDONE = ("-space/commit/main", "-space/runtime", "-space/logs/")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("app", "steps"), [pytest.param(ANSWERING, STEPS, id="good"), pytest.param(DYING, UNDONE, id="broken")]
)
def test_a_release_killed_while_it_asks_its_space_is_finished_by_the_next(
    make: Callable[..., Candidate], api: HfApi, tmp_path: Path, app: str, steps: tuple[str, ...], after: bool
) -> None:
    first, second = order(make("k"), api, ANSWERING), order(make("k", "v0.2.0", "two"), api, app)
    for number, step in enumerate(steps):
        name = f"k{int(after)}{number}{len(steps)}"
        here = moved(second, name)
        carried_out(moved(first, name))
        with on_the_line(_dying_at(step, after)), pytest.raises(KilledError):
            carried_out(here)
        with suppress(StageError):
            carried_out(here)
        held = refs(api, here.space.repository.id, "space")
        pins = pinned(api, here.space.repository.id, "main", tmp_path)["writers"]
        assert ("v0.2.0" in held) == (app == ANSWERING)
        assert [each["version"] for each in pins] == ["v0.2.0" if app == ANSWERING else "v0.1.0"]
        api.delete_repo(here.space.repository.id, repo_type="space")


def _dying_at(step: str, after: bool) -> Callable[[int, httpx2.Request, Send], httpx2.Response]:
    def fate(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
        if step not in request.url.path:
            return send()
        if after:
            send().read()
        raise KilledError

    return fate
