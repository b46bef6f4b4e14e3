"""What is set for a Space: secrets, variables, hardware; and a Hub that starts none."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from huggingface_hub import HfApi, SpaceHardware, Volume
from huggingface_hub.errors import HfHubHTTPError

from tests.space_pages import APP, ask, publish
from tests.waiting import wait_for

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures", "tests.running_fixtures"]


def configure(space: str) -> list[Any]:
    api = HfApi()
    api.add_space_secret(space, "TOKEN", "hf_reader", description="reads")
    api.add_space_variable(space, "WORDS", "300")
    api.add_space_variable(space, "GONE", "soon")
    left = api.delete_space_variable(space, "GONE")
    secrets = {name: secret.description for name, secret in api.get_space_secrets(space).items()}
    variables = {name: variable.value for name, variable in api.get_space_variables(space).items()}
    return [sorted(left), secrets, variables]


def answered(space: str, name: str) -> str:
    """What it says once it answers: each thing that is set starts it anew."""

    def said() -> str:
        with suppress(OSError):
            return ask(space, name)
        return ""

    return wait_for(said)


def wait_until_it_says(space: str, name: str, value: str) -> None:
    wait_for(lambda: answered(space, name) == value)


def test_it_sees_its_secrets_and_variables_and_no_others(owner: Client, space: str) -> None:
    owner.run(publish, space, {"app.py": APP.replace("{default}", "none")})
    assert owner.run(configure, space) == [["WORDS"], {"TOKEN": "reads"}, {"WORDS": "300"}]
    owner.run(wait_until_it_says, space, "WORDS", "300")
    assert owner.run(answered, space, "TOKEN") == "hf_reader"
    assert owner.run(answered, space, "HF_TOKEN") == "none"


def settings_of(space: str) -> list[Any]:
    api = HfApi()
    asked = api.request_space_hardware(space, SpaceHardware.T4_SMALL, sleep_time=600)
    api.set_space_sleep_time(space, 900)
    runtime = api.get_space_runtime(space)
    try:
        api.request_space_hardware(space, cast("SpaceHardware", "abacus"))
    except HfHubHTTPError as error:
        return [asked.requested_hardware, asked.sleep_time, runtime.sleep_time, error.response.status_code]
    return []


def mount(space: str) -> list[Any]:
    api = HfApi()
    api.create_bucket("rehearsal/notes", exist_ok=True)
    volume = Volume(type="bucket", source="rehearsal/notes", mount_path="/notes", read_only=True)
    api.set_space_volumes(space, [volume])
    mounted = api.get_space_runtime(space).volumes
    api.delete_space_volumes(space)
    return [mounted == [volume], api.get_space_runtime(space).volumes]


def search() -> list[int]:
    statuses = []
    for call in (lambda: list(HfApi().search_spaces("posts")), HfApi().list_space_templates):
        try:
            call()
        except HfHubHTTPError as error:
            statuses.append(error.response.status_code)
    return statuses


def test_what_the_hub_does_not_know_of_spaces_is_said(client: Client) -> None:
    assert client.run(search) == [501, 501]


def runtime_of(space: str) -> tuple[str, Any]:
    runtime = HfApi().get_space_runtime(space)
    return runtime.stage, runtime.raw.get("errorMessage")


def make(space: str) -> str | None:
    api = HfApi()
    variables = [{"key": "WORDS", "value": "300"}]
    api.create_repo(space, repo_type="space", space_sdk="gradio", space_variables=variables)
    assert api.get_space_variables(space)["WORDS"].value == "300"
    api.upload_file(repo_id=space, repo_type="space", path_or_fileobj=APP.encode(), path_in_repo="app.py")
    return api.space_info(space).host


def test_a_hub_that_was_not_asked_to_starts_no_space(client: Client) -> None:
    assert client.run(make, "rehearsal/asleep") == "https://rehearsal-asleep.hf.space"
    stage, message = client.run(runtime_of, "rehearsal/asleep")
    assert stage == "STOPPED"
    assert "--run-spaces" in message
    assert client.run(mount, "rehearsal/asleep") == [True, []]
    assert client.run(settings_of, "rehearsal/asleep") == ["t4-small", 600, 900, 400]
