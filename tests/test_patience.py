"""What comes of a question that the Hub could not be asked, or whose answer cannot be read."""

import httpx2
import pytest
from huggingface_hub import HfApi

from tests.disturbed import Fate, Send, on_the_line
from train.errors import StageError
from train.patience import explained
from train.release.existing import existing_cards
from train.release.published.place import read
from train.release.repository import Repository
from train.sections import Publish

COMMIT = "a" * 40
REFS = {"branches": [{"name": "main", "ref": "refs/heads/main", "targetCommit": COMMIT}], "tags": []}


def cut(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
    """The line breaks between the list of refs and the first file."""
    if request.url.path.endswith("/refs"):
        return httpx2.Response(200, json=REFS | {"converts": []}, request=request)
    raise httpx2.ConnectError("nobody answers", request=request)


def garbled(_: int, request: httpx2.Request, send: Send) -> httpx2.Response:
    """Somebody between answers for the Hub: there is no commit in what they say."""
    return httpx2.Response(200, text="Sign in to this network", request=request)


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        pytest.param(cut, "cannot be reached: nobody answers", id="the line is cut"),
        pytest.param(garbled, "an answer that cannot be read", id="another one answers"),
    ],
)
def test_a_file_that_could_not_be_asked_for_is_not_one_that_is_not_there(fate: Fate, said: str) -> None:
    space = Repository(HfApi("http://hub.example", token=False), "space", "acme/kettle")
    with on_the_line(fate), pytest.raises(StageError, match=said), explained("the Hub", "again"):
        read(space, COMMIT, "release.json")


def test_a_section_of_ones_own_is_not_lost_because_the_line_was(capsys: pytest.CaptureFixture[str]) -> None:
    api, publish = HfApi("http://hub.example", token=False), Publish("a/d", "a/w", "a/s", "mit", "mit")
    with on_the_line(cut), pytest.raises(StageError, match="cannot be reached"):
        existing_cards(api, publish, "v0.1.0")
    assert "again in 1 s: nobody answers" in capsys.readouterr().err
