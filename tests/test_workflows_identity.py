"""A workflow's identity becomes one token a repository, or nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from huggingface_hub.errors import HfHubHTTPError

from tests.hub_fixtures import Client, running_client
from train import oidc
from train.errors import ImprintError
from train.rehearse.hub.process import LocalHub, running_hub

REPOSITORIES: dict[oidc.Kind, str] = {
    "dataset": "rehearsal/letters",
    "model": "rehearsal/writer",
    "space": "rehearsal/demo",
}
PREFIX: dict[oidc.Kind, str] = {"dataset": "datasets/", "model": "", "space": "spaces/"}
CLAIMS = {"repository": "acme/letters", "environment": "hugging-face", "ref": "refs/tags/v1.0.0"}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    trust = [f"{PREFIX[kind]}{repo} repository=acme/letters environment=hugging-face"
             for kind, repo in REPOSITORIES.items()]  # fmt: skip
    arguments = [word for each in trust for word in ("--trust", each)]
    with running_hub(tmp_path_factory.mktemp("hub"), arguments=arguments) as hub:
        yield hub


@contextmanager
def step(hub: LocalHub, home: Path, **changes: str) -> Iterator[Client]:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value}
    with running_client(hub, home, **{**hub.workflow(**claims), "HF_TOKEN": ""}) as client:
        yield client


@pytest.fixture(scope="module")
def workflow(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with step(hub, tmp_path_factory.mktemp("home")) as client:
        yield client


def tokens(pauses: tuple[float, ...] = ()) -> list[str] | str:
    """The tokens that a release gets, or what it says instead."""
    from train import patience
    from train.client import connect, speaking_for

    for module in (oidc, patience):
        vars(module)["PAUSES_S"] = pauses
    try:
        return [str(speaking_for(connect(), kind, repo).token) for kind, repo in REPOSITORIES.items()]
    except ImprintError as error:
        return f"{error} {error.fix}"


def test_each_repository_has_a_token_of_its_own(workflow: Client) -> None:
    found = workflow.run(tokens)
    assert isinstance(found, list)
    assert len(set(found)) == 3
    assert all(token.startswith("hf_jwt_") for token in found)


def test_a_stored_token_is_used_where_there_is_one(hub: LocalHub, tmp_path: Path) -> None:
    environment = {**hub.workflow(**CLAIMS), "HF_TOKEN": "hf_stored"}
    with running_client(hub, tmp_path, **environment) as client:
        assert client.run(tokens) == ["None"] * 3


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"environment": ""}, 'it carries no claim "environment"'),
        ({"repository": "evil/fork"}, 'its claim "repository" is "evil/fork"'),
    ],
)
def test_a_workflow_that_is_not_trusted_is_told_what_it_is(
    hub: LocalHub, tmp_path: Path, changes: dict[str, str], why: str
) -> None:
    with step(hub, tmp_path, **changes) as client:
        said = client.run(tokens)
    assert why in said
    assert "ref refs/tags/v1.0.0" in said
    assert "among the repository's trusted publishers" in said
    assert "eyJ" not in said, "the identity itself is not shown"


@pytest.mark.parametrize("fault", ["POST /oauth/token 503 times 2", "GET /_actions/token 503 times 1"])
def test_an_exchange_that_fails_in_passing_is_tried_again(
    hub: LocalHub, workflow: Client, fault: str
) -> None:
    hub.arm(fault)
    assert len(workflow.run(tokens, (0.0, 0.0, 0.0))) == 3
    hub.arm()


Answer = HfHubHTTPError | dict[str, str]


def refusal(sentence: str) -> HfHubHTTPError:
    request = httpx2.Request("POST", "https://huggingface.co/oauth/token")
    body = {"error": "invalid_grant", "error_description": sentence}
    return HfHubHTTPError(sentence, response=httpx2.Response(400, json=body, request=request))


def test_an_exchange_that_the_hub_was_too_slow_for_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "PAUSES_S", (0.0, 0.0))
    answers: Iterator[Answer] = iter([refusal("This operation was aborted"), {"access_token": "hf_jwt_x"}])
    assert oidc._exchanged(lambda: answered(next(answers)), "") == "hf_jwt_x"
    refused: Iterator[Answer] = iter([refusal("The audience is wrong."), {"access_token": "hf_jwt_x"}])
    with pytest.raises(ImprintError, match="The audience is wrong"):
        oidc._exchanged(lambda: answered(next(refused)), "")


def answered(answer: Answer) -> dict[str, str]:
    if isinstance(answer, HfHubHTTPError):
        raise answer
    return answer
