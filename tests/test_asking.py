"""What a Space that is not ready says, or what the Hub says in its place."""

import httpx2
import pytest

from train.release.asking import Heard, busy

LATER = httpx2.codes.SERVICE_UNAVAILABLE


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(None, None, id="no answer"),
        pytest.param(httpx2.Response(200, json={"state": "ready"}), None, id="it is ready"),
        pytest.param(
            httpx2.Response(200, json={"state": "ready", "failed": {"news": "no such base"}}),
            Heard("failed", "no such base"),
            id="it serves other writers",
        ),
        pytest.param(
            httpx2.Response(200, json={"state": "ready", "failed": {"blog": "no such base"}}),
            None,
            id="another writer has failed",
        ),
        pytest.param(
            httpx2.Response(LATER, json={"message": "fetches its base"}), "fetches its base", id="busy"
        ),
        pytest.param(
            httpx2.Response(LATER, text="<h1>Starting</h1>"), "is loading", id="a page of the Hub's"
        ),
        pytest.param(httpx2.Response(LATER, json=["later"]), "is loading", id="a list"),
        pytest.param(
            httpx2.Response(LATER, json={"state": "failed", "message": "no memory"}),
            Heard("failed", "no memory"),
            id="it has failed",
        ),
        pytest.param(
            httpx2.Response(LATER, json={"state": "failed", "message": None}),
            Heard("failed", "it has failed, and does not say why"),
            id="it has failed without a word",
        ),
    ],
)
def test_what_a_space_is_busy_with(answer: httpx2.Response | None, said: Heard | str | None) -> None:
    assert busy(answer, "news") == said
