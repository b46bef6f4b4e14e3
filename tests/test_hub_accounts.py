"""Users with several tokens, organisations with roles, and what each of them may do."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from train.errors import ImprintError
from train.rehearse.hub import cli

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

TOKENS = {
    "owner": "hf_rehearsal",
    "reader": "hf_reader",
    "fine": "hf_fine",
    "bob": "hf_bob",
    "carol": "hf_carol",
    "dave": "hf_dave",
}


def outcome(attempt: Callable[[], object]) -> int:
    try:
        attempt()
    except HfHubHTTPError as error:
        return error.response.status_code
    return 200


def add(api: HfApi, repo: str, path: str = "x.txt") -> None:
    api.upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo=path)


def who(token: str) -> tuple[str, str, dict[str, str]]:
    info = HfApi(token=token).whoami()
    orgs = {org["name"]: org["roleInOrg"] for org in info["orgs"]}
    return info["name"], info["auth"]["accessToken"]["role"], orgs


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("owner", ("rehearsal", "write", {"acme": "admin"})),
        ("reader", ("rehearsal", "read", {"acme": "admin"})),
        ("fine", ("rehearsal", "fineGrained", {"acme": "admin"})),
        ("bob", ("bob", "write", {"acme": "contributor"})),
        ("dave", ("dave", "write", {})),
    ],
)
def test_a_token_tells_its_user_its_role_and_its_organisations(
    client: Client, token: str, expected: tuple[str, str, dict[str, str]]
) -> None:
    assert client.run(who, TOKENS[token]) == expected


def make_both(name: str) -> None:
    """A public and a private repository of the organisation, by its admin."""
    api = HfApi()
    api.create_repo(f"acme/{name}", exist_ok=True)
    api.create_repo(f"acme/{name}-private", private=True, exist_ok=True)


def try_all(token: str, name: str) -> dict[str, int]:
    api = HfApi(token=token)
    return {
        "see": outcome(lambda: api.repo_info(f"acme/{name}-private")),
        "create": outcome(lambda: api.create_repo(f"acme/{name}-{token}")),
        "own": outcome(lambda: add(api, f"acme/{name}-{token}")),
        "write": outcome(lambda: add(api, f"acme/{name}")),
        "delete": outcome(lambda: api.delete_repo(f"acme/{name}")),
    }


@pytest.mark.parametrize(
    ("token", "see", "create", "own", "write"),
    [
        pytest.param("bob", 200, 200, 200, 403, id="a contributor changes only what they created"),
        pytest.param("carol", 200, 403, 404, 403, id="a reading member sees, and no more"),
        pytest.param("dave", 404, 403, 404, 403, id="a stranger does not learn of what is private"),
        pytest.param("reader", 200, 403, 404, 403, id="a reading token of an admin only reads"),
        pytest.param("fine", 404, 403, 404, 403, id="a fine-grained token knows its list only"),
    ],
)
def test_the_rights_of_a_role_in_an_organisation(
    client: Client, token: str, see: int, create: int, own: int, write: int
) -> None:
    client.run(make_both, "team")
    found = client.run(try_all, TOKENS[token], "team")
    assert found == {"see": see, "create": create, "own": own, "write": write, "delete": 403}


def use_fine_grained_token() -> dict[str, int]:
    api = HfApi(token=TOKENS["fine"])
    HfApi().create_repo("rehearsal/unlisted", exist_ok=True)
    return {
        "create": outcome(lambda: api.create_repo("rehearsal/listed", private=True)),
        "write": outcome(lambda: add(api, "rehearsal/listed")),
        "large": outcome(lambda: add(api, "rehearsal/listed", "x.bin")),
        "other": outcome(lambda: add(api, "rehearsal/unlisted")),
        "tag other": outcome(lambda: api.create_tag("rehearsal/unlisted", tag="v1")),
    }


def test_a_fine_grained_token_writes_to_its_list_and_nowhere_else(client: Client) -> None:
    found = client.run(use_fine_grained_token)
    assert found == {"create": 200, "write": 200, "large": 200, "other": 403, "tag other": 403}


def describe_the_team() -> list[object]:
    api = HfApi()
    make_both("described")
    org = api.get_organization_overview("acme")
    return [
        org.num_users,
        sorted(member.username for member in api.list_organization_members("acme")),
        [place.name for place in api.get_user_overview("bob").orgs],
        "acme/described" in {model.id for model in api.list_models(author="acme")},
        "acme/described" in {repo.id for repo in api.list_user_repos("acme")},
        outcome(lambda: api.get_user_overview("nobody")),
    ]


def test_an_organisation_tells_who_and_what_is_in_it(client: Client) -> None:
    members = ["bob", "carol", "rehearsal"]
    assert client.run(describe_the_team) == [3, members, ["acme"], True, True, 404]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--org", "acme"], "is not an organisation"),
        (["--org", "acme=alice:boss"], "is not an organisation"),
        (["--org", "acme=zoe:admin"], "'zoe', a member of acme, is no account."),
        (["--account", "alice:hf_a:fine-grained"], "is not an account"),
        (["--account", "alice:hf_a:read=a/b"], "is not an account"),
    ],
)
def test_an_account_or_organisation_that_makes_no_sense_is_refused(arguments: list[str], reason: str) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    with pytest.raises(ImprintError, match=reason):
        cli.run(parser.parse_args(["--account", "alice:hf_alice", *arguments]))
