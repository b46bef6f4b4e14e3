"""The last release: found by its tag, fetched by its commit, and asked beside the candidate."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi

from tests import toy
from tests.judged import BLOG, TITLES, Made, make
from tests.publishing import api
from tests.publishing import own_hub as hub
from tests.released import another, damage_base, damage_prompt, damage_shape, publish, scale, without
from train.errors import StageError
from train.evaluate.judge import evaluate
from train.evaluate.last import Release, before
from train.evaluate.report import Metrics
from train.recipe import Recipe
from train.rehearse.hub.process import LocalHub
from train.rehearse.ports import free_port
from train.run import Run, as_json, digests
from train.sections import Input

__all__ = ["api", "hub"]
ONE, TWO, THREE = (Release(f"v0.{n}.0", "o/a", str(n) * 40, str(n) * 64) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        pytest.param("4" * 64, THREE, id="weights that were never released come after all"),
        pytest.param("3" * 64, TWO, id="released weights come after the version before them"),
        pytest.param("1" * 64, None, id="the first version has none before it"),
    ],
)
def test_the_last_release_is_the_newest_before_these_weights(weights: str, found: Release | None) -> None:
    assert before([ONE, TWO, THREE], weights) == found
    assert before([], weights) is None


def test_weights_that_were_released_twice_stand_where_they_came_first() -> None:
    again = replace(TWO, version="v0.4.0")
    assert before([ONE, TWO, THREE, again], TWO.weights) == ONE


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("made"))


@pytest.fixture
def made(original: Made, tmp_path: Path) -> Made:
    shutil.copytree(original.run.folder, tmp_path / "run")
    return replace(original, run=Run(tmp_path / "run"))


@pytest.fixture
def recipe(request: pytest.FixtureRequest) -> Recipe:
    """A recipe whose repository no other test uses."""
    name = f"rehearsal/t{abs(hash(request.node.nodeid)) % 10**12}"
    return replace(BLOG, publish=replace(BLOG.publish, adapter=name))


@pytest.fixture
def older(original: Made, tmp_path: Path) -> Made:
    """Another adapter over the same base."""
    return another(tmp_path / "older", original.base)


def test_without_a_repository_there_is_no_last_release(
    made: Made, recipe: Recipe, api: HfApi, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = evaluate(recipe, made.run, api)
    assert (metrics.last, metrics.without_last) == (None, "")
    assert {each.last for each in metrics.metrics} == {None}
    assert f"Last release: none in {recipe.publish.adapter}" in capsys.readouterr().err


def test_the_last_release_is_asked_the_same_over_the_same_base(
    made: Made, older: Made, recipe: Recipe, api: HfApi
) -> None:
    alone = evaluate(recipe, made.run, api)
    commit = publish(api, recipe, older, "v0.9.0")
    publish(api, recipe, made, "v0.10.0-rc.1")  # no version that people have
    metrics = evaluate(recipe, made.run, api)
    assert metrics.last is not None
    assert (metrics.last.version, metrics.last.commit) == ("v0.9.0", commit)
    assert metrics.last.adapter == digests(older.run.adapter)["adapter_model.safetensors"]
    assert (metrics.last.dataset, metrics.last.base) == ("d" * 64, str(made.base))
    assert [(each.base, each.adapter) for each in metrics.metrics] == [
        pytest.approx((each.base, each.adapter), nan_ok=True) for each in alone.metrics
    ]
    assert all(each.last is not None for each in metrics.metrics)
    assert written_by(made, "last") == written_by_itself(older), "it is the adapter it was"
    assert "adapter_model.safetensors" in fetched(recipe)
    assert "training_args.bin" not in fetched(recipe)


def written_by(made: Made, who: str) -> list[str]:
    lines = (made.run.evidence / "samples.jsonl").read_text(encoding="utf-8").splitlines()
    return [each["text"] for each in map(json.loads, lines) if each["writer"] == who]


def written_by_itself(older: Made) -> list[str]:
    from train.evaluate.ask import requests
    from train.evaluate.generate import generate

    loaded = older.load()
    return [text.text for text in generate(loaded, "adapter", requests(TITLES, loaded.writer))]


def fetched(recipe: Recipe) -> set[str]:
    from huggingface_hub.constants import HF_HUB_CACHE

    name = recipe.publish.adapter.replace("/", "--")
    return {path.name for path in Path(HF_HUB_CACHE).glob(f"models--{name}/snapshots/*/*")}


def test_evaluated_again_after_its_release_it_gives_the_same_evidence(
    made: Made, older: Made, recipe: Recipe, api: HfApi
) -> None:
    publish(api, recipe, older, "v0.1.0")
    first = evaluate(recipe, made.run, api)
    publish(api, recipe, made, "v0.2.0")
    assert as_json(evaluate(recipe, made.run, api)) == as_json(first)
    assert first.last is not None
    assert first.last.version == "v0.1.0"


def test_a_last_release_over_another_base_is_asked_when_the_first_base_is_gone(
    made: Made, recipe: Recipe, api: HfApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import weakref

    from train.tune.model import load_base

    toy.base(tmp_path / "base")
    weights = tmp_path / "base" / "model.safetensors"
    scale(weights, 0.9)
    publish(api, recipe, another(tmp_path / "older", tmp_path / "base"), "v0.1.0")
    bases: list[Any] = []

    def watched(*arguments: Any) -> Any:
        assert all(each() is None for each in bases), "never two bases in memory"
        base = load_base(*arguments)
        bases.append(weakref.ref(base))
        return base

    monkeypatch.setattr("train.evaluate.load.load_base", watched)
    metrics = evaluate(recipe, made.run, api)
    assert len(bases) == 2
    assert metrics.last is not None
    assert metrics.last.base == str(tmp_path / "base")
    costs = {each.name: each for each in metrics.metrics}["bits_per_byte"]
    assert costs.last not in (None, costs.base, costs.adapter)


def test_a_last_release_that_knows_no_word_limit_is_asked_without_one(
    made: Made, older: Made, recipe: Recipe, api: HfApi
) -> None:
    writer = older.writer()
    older.rewrite(replace(writer, inputs={"title": Input("Title")}, golden=()))
    publish(api, recipe, older, "v0.1.0")
    metrics = evaluate(recipe, made.run, api)
    assert metrics.last is not None
    lines = (made.run.evidence / "samples.jsonl").read_text(encoding="utf-8").splitlines()
    prompts = {each["writer"]: each["prompt"] for each in map(json.loads, lines)}
    assert "words" in prompts["base"]
    assert "words" not in prompts["last"]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        pytest.param(without("writer.json"), "writer.json is missing", id="of an older make"),
        pytest.param(without("training.json"), "training.json is missing", id="without its papers"),
        pytest.param(without("adapter_model.safetensors"), "no adapter_model.safetensors", id="empty"),
        pytest.param(without("tokenizer.json"), "no tokenizer", id="without a tokenizer"),
        pytest.param(damage_prompt, "not the one that training saw", id="with another prompt"),
        pytest.param(damage_shape, "does not fit", id="of another shape than it says"),
        pytest.param(damage_base, "cannot be loaded", id="whose base is gone"),
    ],
)
def test_a_last_release_that_cannot_be_asked_is_named_and_holds_up_nothing(
    damage: Callable[[Made], None],
    why: str,
    made: Made,
    older: Made,
    recipe: Recipe,
    api: HfApi,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage(older)
    publish(api, recipe, older, "v0.1.0")
    metrics = evaluate(recipe, made.run, api)
    assert metrics.last is None
    assert why in metrics.without_last
    assert f"Judged without a last release: {metrics.without_last}" in capsys.readouterr().err
    assert as_json(evaluate(recipe, made.run, api)) == as_json(metrics)


def test_a_hub_out_of_reach_is_no_reason_to_judge_with_less(made: Made, recipe: Recipe) -> None:
    api = HfApi(endpoint=f"http://127.0.0.1:{free_port()}", token="hf_none")
    with pytest.raises(StageError, match="cannot be asked for the releases") as caught:
        evaluate(recipe, made.run, api)
    assert caught.value.fix.startswith("HF_HUB_OFFLINE=1 python -m train evaluate blog")


def test_a_wrong_token_is_said_to_be_one(made: Made, recipe: Recipe, hub: LocalHub) -> None:
    with pytest.raises(StageError, match="401") as caught:
        evaluate(recipe, made.run, HfApi(endpoint=hub.url, token="hf_wrong"))
    assert caught.value.fix == "hf auth login"


def test_offline_it_is_judged_without_and_evidence_that_is_there_stands(
    made: Made, older: Made, recipe: Recipe, api: HfApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(api, recipe, older, "v0.1.0")
    online = evaluate(recipe, made.run, api)
    monkeypatch.setattr("train.evaluate.order.is_offline_mode", lambda: True)
    assert as_json(evaluate(recipe, made.run, api)) == as_json(online)
    shutil.rmtree(made.run.evidence)
    offline: Metrics = evaluate(recipe, made.run, api)
    assert offline.last is None
    assert "HF_HUB_OFFLINE" in offline.without_last
    monkeypatch.setattr("train.evaluate.order.is_offline_mode", lambda: False)
    assert as_json(evaluate(recipe, made.run, api)) == as_json(online)
