"""Which cards the embedded Hub takes, and what it says of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from train.rehearse.hub.card_rules import check_card
from train.rehearse.hub.names import Kind

if TYPE_CHECKING:
    from tests.hub_fixtures import Client

pytest_plugins = ["tests.hub_fixtures"]

INDEX = """model-index:
- name: x
  results:
  - task: {type: text-generation}
    dataset: {type: d, name: d}
"""


def card(metadata: str) -> str:
    return f"---\n{metadata}\n---\n# Title\n"


@pytest.mark.parametrize(
    ("kind", "metadata"),
    [
        pytest.param(Kind.MODEL, "license: llama3.2", id="a licence of the list"),
        pytest.param(Kind.MODEL, "base_model: HuggingFaceTB/SmolLM2-135M", id="a base model"),
        pytest.param(Kind.MODEL, "base_model: [gpt2, a/b]", id="two base models, one from before namespaces"),
        pytest.param(Kind.MODEL, "pipeline_tag: text-generation\nlibrary_name: peft", id="a task"),
        pytest.param(Kind.MODEL, "language: [en, code]", id="languages"),
        pytest.param(Kind.MODEL, "datasets: a/posts\nmetrics: perplexity", id="one data set, one metric"),
        pytest.param(Kind.MODEL, INDEX + "    metrics: [{type: loss, value: 1.5}]", id="a result"),
        pytest.param(
            Kind.DATASET, "size_categories: [n<1K]\nconfigs: [{config_name: default}]", id="a data set"
        ),
        pytest.param(
            Kind.SPACE, "sdk: gradio\nsdk_version: 6.31.0\ncolorFrom: blue\npinned: false", id="a Space"
        ),
        pytest.param(Kind.SPACE, "sdk: docker\napp_port: 7860\npython_version: 3.11", id="a docker Space"),
    ],
)
def test_a_right_card_is_taken(kind: Kind, metadata: str) -> None:
    assert check_card(card(metadata), kind).errors == ()


@pytest.mark.parametrize(
    ("kind", "metadata", "error"),
    [
        (Kind.MODEL, "license: licence", '"license" must be one of [apache-2.0, mit, '),
        (
            Kind.MODEL,
            "base_model: /root/runs/x",
            '"base_model" with value "/root/runs/x" is not valid. Use a',
        ),
        (Kind.MODEL, "base_model_relation: child", '"base_model_relation" must be one of [adapter, merge,'),
        (Kind.MODEL, "pipeline_tag: writing", '"pipeline_tag" must be one of ['),
        (
            Kind.MODEL,
            "language: english",
            '"language" with value "english" is not valid. It must be an ISO 639',
        ),
        (Kind.MODEL, "language: no", '"language" must be a string'),
        (Kind.MODEL, "tags: one", '"tags" must be an array'),
        (Kind.MODEL, "widget: {text: Hi}", '"widget" must be an array'),
        (
            Kind.MODEL,
            "datasets: [./data]",
            '"datasets[0]" with value "./data" is not valid. Use a dataset id',
        ),
        (Kind.MODEL, INDEX, '"model-index[0].results[0].metrics" must be an array'),
        (
            Kind.MODEL,
            INDEX + "    metrics: [{type: loss}]",
            '"model-index[0].results[0].metrics[0].value" is',
        ),
        (Kind.MODEL, "a: b: c", "YAML Metadata Error: mapping values are not allowed here"),
        (Kind.DATASET, "size_categories: [tiny]", '"size_categories[0]" must be one of [n<1K, '),
        (Kind.SPACE, "title: x", '"sdk" is required'),
        (Kind.SPACE, "sdk: flask", '"sdk" must be one of [gradio, docker, static, streamlit]'),
        (Kind.SPACE, "sdk: static\ncolorTo: black", '"colorTo" must be one of [red, yellow, green, blue,'),
        (
            Kind.SPACE,
            f"sdk: static\nshort_description: {'x' * 61}",
            '"short_description" length must be less',
        ),
    ],
)
def test_a_wrong_card_is_refused_with_the_reason(kind: Kind, metadata: str, error: str) -> None:
    errors = check_card(card(metadata), kind).errors
    assert len(errors) == 1
    assert errors[0].startswith(error)


@pytest.mark.parametrize(
    ("readme", "warning"),
    [
        ("# No metadata", "empty or missing yaml metadata in repo card"),
        (card("license: other\nlicense_link: LICENSE"), '"license_name" is recommended when the license is'),
    ],
)
def test_a_poor_card_is_taken_with_a_warning(readme: str, warning: str) -> None:
    verdict = check_card(readme, Kind.MODEL)
    assert verdict.errors == ()
    assert [text[: len(warning)] for text in verdict.warnings] == [warning]


def try_card(repo: str, text: str) -> list[str]:
    from huggingface_hub import HfApi, ModelCard

    api, said = HfApi(), []
    api.create_repo(repo)
    for attempt in (
        lambda: api.upload_file(repo_id=repo, path_or_fileobj=text.encode(), path_in_repo="README.md"),
        lambda: ModelCard(text).validate(),
    ):
        try:
            attempt()
        except ValueError as error:
            said.append(str(error))
    return said


def test_the_client_shows_the_reason(client: Client) -> None:
    uploading, validating = client.run(try_card, "rehearsal/card", card("license: licence"))
    assert uploading.startswith('Invalid metadata in README.md.\n- "license" must be one of')
    assert '- Error: "license" must be one of' in validating


def test_a_commit_with_a_wrong_card_is_refused_too(web: httpx2.Client) -> None:
    web.post("/api/repos/create", json={"name": "unchecked"})
    lines = (
        '{"key": "header", "value": {"summary": "Skip the check"}}\n'
        '{"key": "file", "value": {"path": "README.md", "content": "---\\ntags: x\\n---\\n"}}\n'
    )
    answer = web.post("/api/models/rehearsal/unchecked/commit/main", content=lines)
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        'Invalid metadata in README.md.\n- "tags" must be an array',
    )
