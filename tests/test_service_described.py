"""The page that describes the service, and whether the service keeps to it."""

import json
import re
from collections.abc import Iterator

import httpx2
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from orders import RefusedError, Text
from service.faults import STATUS
from tests.serviced import HEADERS, TOKEN, serving, studio
from tests.told import Json, Told, ask


@pytest.fixture(scope="module")
def quick() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPRINT_TOKENS", TOKEN)
        with serving(studio()) as url:
            yield url


@pytest.fixture(scope="module")
def described(quick: str) -> Json:
    described: Json = httpx2.get(f"{quick}/openapi.json").json()
    return described


def test_the_description_is_of_our_addresses_alone(described: Json) -> None:
    assert sorted(described["paths"]) == ["/health", "/humanize", "/info", "/version", "/write"]
    assert described["openapi"].startswith("3.1")
    assert sorted(described["paths"]["/write"]["post"]["responses"]) == (
        ["200", "400", "401", "404", "408", "413", "415", "422", "429", "500", "503", "507"]
    )


def test_every_status_says_its_headers_and_every_code_is_known(described: Json) -> None:
    answers = described["paths"]["/write"]["post"]["responses"]
    assert {status: sorted(each["headers"]) for status, each in answers.items() if each["headers"]} == {
        "200": ["RateLimit", "RateLimit-Policy"],
        "401": ["WWW-Authenticate"],
        "429": ["RateLimit", "RateLimit-Policy", "Retry-After"],
        "503": ["Retry-After"],
    }
    codes = described["components"]["schemas"]["Fault"]["properties"]["code"]["enum"]
    assert set(codes) == set(STATUS)
    assert described["paths"]["/health"]["get"]["operationId"] == "health"


def test_every_event_is_as_described(described: Json) -> None:
    content = described["paths"]["/write"]["post"]["responses"]["200"]["content"]
    event = content["text/event-stream"]["schema"]
    validator = Draft202012Validator(event | {"components": described["components"]})
    parts = {each["properties"]["event"]["const"]: each["properties"]["data"] for each in event["oneOf"]}
    halfway = Told(Text("", 0, ahead=1), Text("Yes", 1), RefusedError("busy", "Later."))
    said = []
    for told in (halfway, Told(Text("Yes.", 1, "end"))):
        with serving(told) as url:
            said += ask(told, url)
    assert {name for name, _ in said} == {"waiting", "text", "error", "done"} == set(parts)
    for name, data in said:
        validator.validate({"event": name, "data": json.dumps(data)})
        inner = parts[name]["contentSchema"] | {"components": described["components"]}
        Draft202012Validator(inner).validate(data)


@pytest.mark.parametrize(
    ("sent", "is_valid"),
    [
        pytest.param({"title": "A title", "words": 40, "temperature": 2}, True, id="a blog"),
        pytest.param({"title": "A title", "words": 40.0, "seed": 3.0}, True, id="whole numbers with a point"),
        pytest.param({"title": " \n"}, False, id="blanks"),
        pytest.param({"title": "a\x07b"}, False, id="a bell"),
        pytest.param({"writer": "humanizer", "formal": "It is so."}, True, id="a humanizer"),
        pytest.param({"title": "x" * 201}, False, id="a long title"),
        pytest.param({"title": "A title", "temperature": 0}, False, id="too cold"),
        pytest.param({"title": "A title", "nobody": "x"}, False, id="an unknown field"),
        pytest.param({"words": 40}, False, id="no title"),
    ],
)
def test_the_description_and_the_service_agree(
    quick: str, described: Json, sent: Json, is_valid: bool
) -> None:
    schema = described["paths"]["/write"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(schema | {"components": described["components"]})
    assert validator.is_valid(sent) is is_valid
    status = httpx2.post(f"{quick}/write", json=sent, headers=HEADERS).status_code
    assert (status == 200) is is_valid


@pytest.mark.parametrize("path", ["/write", "/humanize"])
def test_every_example_is_answered(quick: str, described: Json, path: str) -> None:
    body = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        answer = httpx2.post(f"{quick}{path}", json=example["value"], headers=HEADERS)
        assert answer.json()["writer"] == example["value"]["writer"]


def test_the_page_needs_no_other_host(quick: str) -> None:
    answer = httpx2.get(f"{quick}/docs")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for word in ("POST /write", "POST /humanize", "Blog title", "at most this long: 5000", "507"):
        assert word in answer.text
    assert re.findall(r'(?:src|href)="([^"]*)"', answer.text) == ["openapi.json", "./"]
    assert "<script" not in answer.text
