"""Trusted publishing: a workflow's identity is exchanged for a token to one repository."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from huggingface_hub import HfApi
from huggingface_hub._oidc import exchange_oidc_token, get_oidc_token
from huggingface_hub.errors import HfHubHTTPError

from train.errors import ImprintError
from train.rehearse.hub.process import LocalHub, running_hub
from train.rehearse.hub.publishers import parse_publisher

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

POSTS = "rehearsal/posts"
WORKFLOW = "acme/writer/.github/workflows/release.yml@refs/tags/v1.2.0"
CLAIMS = {
    "repository": "acme/writer",
    "workflow_ref": WORKFLOW,
    "environment": "hugging-face",
    "ref": "refs/tags/v1.2.0",
    "sub": "repo:acme/writer:environment:hugging-face",
}
TRUSTED = f"datasets/{POSTS} repository=acme/writer environment=hugging-face workflow_ref={WORKFLOW}"


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), arguments=["--trust", TRUSTED]) as hub:
        headers = {"Authorization": f"Bearer {hub.token}"}
        with httpx2.Client(base_url=hub.url, headers=headers, timeout=60) as web:
            for name, kind in (("posts", "dataset"), ("posts", "model"), ("other", "dataset")):
                web.post(
                    "/api/repos/create", json={"name": name, "type": kind, "visibility": "private"}
                ).raise_for_status()
        yield hub


@contextmanager
def step(hub: LocalHub, home: Path, claims: Mapping[str, str], resource: str = "") -> Iterator[Client]:
    """A process as a step of a workflow has it: an identity to ask for, and no token."""
    from tests.hub_fixtures import running_client

    environment = {**hub.workflow(**claims), "HF_TOKEN": "", "HF_OIDC_RESOURCE": resource}
    with running_client(hub, home, **environment) as client:
        yield client


def outcome(error: HfHubHTTPError) -> tuple[int, str]:
    return error.response.status_code, str(error).strip().splitlines()[-1]


def release() -> list[object]:
    """What a release does with its token, and what it may not do."""
    api, said = HfApi(), list[object]()
    info = api.upload_file(
        repo_id=POSTS, repo_type="dataset", path_or_fileobj=b"\0" * 5000, path_in_repo="data.parquet"
    )
    api.create_branch(POSTS, repo_type="dataset", branch="staging")
    api.create_tag(POSTS, repo_type="dataset", tag="v1.2.0", revision=info.oid)
    commits = api.list_repo_commits(POSTS, repo_type="dataset")
    said += [commits[0].commit_id == info.oid, commits[0].authors, commits[-1].authors]
    for refused in (
        lambda: api.upload_file(
            repo_id="rehearsal/other", repo_type="dataset", path_or_fileobj=b"x", path_in_repo="x"
        ),
        lambda: api.upload_file(repo_id=POSTS, path_or_fileobj=b"x", path_in_repo="x"),
        lambda: api.delete_repo(POSTS, repo_type="dataset"),
        lambda: api.create_repo("rehearsal/new"),
        lambda: api.run_job(image="python", command=["true"], namespace="rehearsal"),
        lambda: api.repo_info(POSTS),
        lambda: api.repo_info("rehearsal/other", repo_type="dataset"),
    ):
        try:
            refused()
            said.append("done")
        except HfHubHTTPError as error:
            said.append(outcome(error)[0])
    return said


def test_a_trusted_workflow_publishes_without_a_stored_token(trusting: LocalHub, tmp_path: Path) -> None:
    with step(trusting, tmp_path, CLAIMS, f"datasets/{POSTS}") as client:
        assert client.run(release) == [
            True,
            ["[OIDC]"],
            ["rehearsal"],
            *[403, 403, 403, 403, 403],
            *[404, 404],
        ]


def exchange(resource: str, audience: str | None = None, forge: str = "") -> tuple[int, str]:
    token = get_oidc_token(audience=audience)
    if forge:
        head, body, signature = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        body = base64.urlsafe_b64encode(json.dumps({**claims, "repository": forge}).encode()).decode()
        token = f"{head}.{body.rstrip('=')}.{signature}"
    try:
        answer = exchange_oidc_token(subject_token=token, resource=resource)
    except HfHubHTTPError as error:
        return outcome(error)
    return 200, f"{answer['access_token'][:7]} {answer['token_type']} {answer['expires_in']}"


@pytest.fixture(scope="module")
def workflow(trusting: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with step(trusting, tmp_path_factory.mktemp("home"), CLAIMS) as client:
        yield client


@pytest.mark.parametrize(
    ("resource", "audience", "forge", "status", "sentence"),
    [
        pytest.param(f"datasets/{POSTS}", None, "", 200, "hf_jwt_ bearer 3600", id="trusted"),
        pytest.param(
            f"datasets/{POSTS}", "https://huggingface.co", "", 200, "hf_jwt_ bearer 3600", id="the Hub's name"
        ),
        pytest.param(
            POSTS, None, "", 400, f"The model {POSTS} has no trusted publisher.", id="another repository"
        ),
        pytest.param(
            f"datasets/{POSTS}",
            "https://pypi.org",
            "",
            400,
            'The identity token is for the audience "https://pypi.org"',
            id="another audience",
        ),
        pytest.param(
            f"datasets/{POSTS}",
            None,
            "evil/fork",
            400,
            "The signature of the identity token is wrong.",
            id="forged",
        ),
        pytest.param("rehearsal", None, "", 400, '"rehearsal" names no repository of this Hub.', id="a user"),
    ],
)
def test_who_gets_a_token(
    workflow: Client, resource: str, audience: str | None, forge: str, status: int, sentence: str
) -> None:
    seen = workflow.run(exchange, resource, audience, forge)
    assert seen[0] == status
    assert sentence in seen[1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"repository": "evil/fork"}, 'its claim "repository" is "evil/fork", not "acme/writer"'),
        ({"repository": "Acme/writer"}, 'its claim "repository" is "Acme/writer", not "acme/writer"'),
        (
            {"workflow_ref": WORKFLOW.replace("v1.2.0", "v9")},
            f'its claim "workflow_ref" is "{WORKFLOW.replace("v1.2.0", "v9")}", not "{WORKFLOW}"',
        ),
        ({"environment": None}, 'it carries no claim "environment", which must be "hugging-face"'),
        ({"exp": "1"}, "The identity token has expired."),
        (
            {"iss": "https://gitlab.com"},
            'The identity token is from the unknown issuer "https://gitlab.com".',
        ),
    ],
)
def test_a_claim_that_differs_is_named(
    trusting: LocalHub, change: Mapping[str, str | None], sentence: str
) -> None:
    claims = {name: value for name, value in {**CLAIMS, **change}.items() if value is not None}
    environment = trusting.workflow(**claims)
    asked = httpx2.get(
        environment["ACTIONS_ID_TOKEN_REQUEST_URL"],
        params={"audience": trusting.url},
        headers={"Authorization": f"Bearer {environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
    )
    answer = httpx2.post(
        f"{trusting.url}/oauth/token",
        json={
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "subject_token": asked.json()["value"],
            "resource": f"datasets/{POSTS}",
        },
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert sentence in answer.json()["error_description"]


def test_the_issuer_shows_its_public_key(trusting: LocalHub) -> None:
    known = httpx2.get(f"{trusting.url}/_actions/.well-known/openid-configuration").json()
    (key,) = httpx2.get(known["jwks_uri"]).json()["keys"]
    assert (key["kty"], key["alg"], key["e"]) == ("RSA", "RS256", "AQAB")
    assert set(key) == {"kty", "alg", "use", "kid", "n", "e"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "names no repository"),
        ("posts repository=acme/writer", "names no repository"),
        ("datasets/acme/posts", "whose workflow it is"),
        ("acme/writer repository=acme/writer colour=red", "colour=red is no claim"),
        ("acme/writer repository=", "repository= is no claim"),
    ],
)
def test_a_publisher_that_makes_no_sense_is_refused(text: str, why: str) -> None:
    with pytest.raises(ImprintError, match="is not a trusted publisher") as refused:
        parse_publisher(text)
    assert why in str(refused.value)
