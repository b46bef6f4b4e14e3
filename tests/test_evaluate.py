import json
import shutil
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import pytest

from tests.judged import BLOG, TITLES, Made, leave_dataset, make, rows, sign
from train.errors import StageError
from train.evaluate.ask import requests
from train.evaluate.given import TEST, settings_of
from train.evaluate.judge import WRITTEN, evaluate
from train.evaluate.kept import Kept
from train.evaluate.report import Metrics, Text, Verdict, seal
from train.run import Run, as_json, digests, read_result, write_text
from train.sections import Gate


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("made"))


@pytest.fixture
def made(original: Made, tmp_path: Path) -> Made:
    shutil.copytree(original.run.folder, tmp_path / "run")
    return replace(original, run=Run(tmp_path / "run"))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_evaluate_leaves_figures_samples_and_a_verdict(made: Made) -> None:
    metrics = evaluate(BLOG, made.run)
    evidence = made.run.evidence
    assert as_json(read_result(Metrics, evidence / "metrics.json", "")) == as_json(metrics)
    assert {path.name for path in evidence.iterdir()} == {*metrics.files, "metrics.json"}
    assert {"samples.jsonl", "documents.jsonl", "gate.json"} <= set(metrics.files)
    assert (metrics.titles, metrics.documents, metrics.dataset) == (4, 4, made.dataset)
    assert metrics.adapter == digests(made.run.adapter)["adapter_model.safetensors"]
    assert (metrics.decoding, metrics.inert, metrics.last) == (BLOG.decoding, False, None)
    assert metrics.settings == settings_of(BLOG.gate, BLOG.decoding)
    assert metrics.settings != settings_of(Gate(structure=0.5), BLOG.decoding)
    verdict = read_result(Verdict, evidence / "gate.json", "")
    assert (verdict.passed, verdict.key) == (False, seal(metrics)), "random weights write no posts"


def test_the_samples_say_who_wrote_what_on_which_request_and_how(made: Made) -> None:
    evaluate(BLOG, made.run)
    samples = lines(made.run.evidence / "samples.jsonl")
    asked = requests(TITLES, made.writer())
    assert [(each["title"], each["inputs"], each["writer"]) for each in samples] == [
        (inputs["title"], {"words": inputs["words"]}, who) for inputs in asked for who in ("base", "adapter")
    ]
    assert all("end" in each["lacks"] for each in samples if not each["finished"])
    assert [each["text"] for each in samples[::2]] != [each["text"] for each in samples[1::2]]
    assert all(
        f"{each['title']}\n\nAt most {each['inputs']['words']} words." in each["prompt"] for each in samples
    )
    assert {each["decoding"]["max_new_tokens"] for each in samples} == {12}
    assert len({each["seed"] for each in samples}) == len(TITLES)
    assert {each["scores"]["unfinished"] for each in samples} <= {0.0, 1.0}


def test_the_same_adapter_gives_the_same_bytes_and_is_asked_only_once(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = as_json(evaluate(BLOG, made.run))
    before = digests(made.run.evidence)
    shutil.rmtree(made.run.evidence)
    assert as_json(evaluate(BLOG, made.run)) == first
    assert digests(made.run.evidence) == before
    monkeypatch.setattr("train.evaluate.findings.hear", None)
    assert as_json(evaluate(BLOG, made.run)) == first


def test_texts_of_another_adapter_are_not_taken_for_this_one_s(made: Made) -> None:
    stale = Kept(made.run.folder / WRITTEN / ("0" * 16) / "base.jsonl")
    stale.add(dict.fromkeys(range(4), Text("What another adapter wrote.", True)))
    evaluate(BLOG, made.run)
    assert "another adapter" not in (made.run.evidence / "samples.jsonl").read_text(encoding="utf-8")
    assert not stale.path.exists()


def test_an_adapter_that_was_never_trained_is_seen_to_change_nothing(made: Made) -> None:
    from safetensors.torch import load_file, save_file

    weights = made.run.adapter / "adapter_model.safetensors"
    save_file({name: each * ("lora_A" in name) for name, each in load_file(weights).items()}, weights)
    sign(made.run, made.base, made.dataset)
    assert evaluate(BLOG, made.run).inert


@pytest.mark.parametrize(
    ("name", "found", "written"),
    [
        pytest.param("samples.jsonl", '"writer": "base"', '"writer": "adapter"', id="samples"),
        pytest.param("gate.json", '"passed": false', '"passed": true', id="verdict"),
        pytest.param("metrics.json", '"demo": true', '"demo": false', id="figures"),
    ],
)
def test_evidence_that_somebody_edited_is_made_again(made: Made, name: str, found: str, written: str) -> None:
    evaluate(BLOG, made.run)
    before, path = digests(made.run.evidence), made.run.evidence / name
    path.write_text(path.read_text(encoding="utf-8").replace(found, written), encoding="utf-8")
    assert digests(made.run.evidence) != before
    evaluate(BLOG, made.run)
    assert digests(made.run.evidence) == before


def test_another_gate_is_another_verdict(made: Made) -> None:
    assert evaluate(BLOG, made.run).key != evaluate(replace(BLOG, gate=Gate(structure=0.5)), made.run).key


def test_bits_per_byte_is_what_a_plain_loop_computes(made: Made) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    found = {each.name: each for each in evaluate(BLOG, made.run).metrics}["bits_per_byte"]
    model, tokenizer = AutoModelForCausalLM.from_pretrained(made.base), made.load().tokenizer
    nats, size = 0.0, 0
    for row in rows():
        turn = [{"role": "user", "content": row["title"]}]
        ids = tokenizer.apply_chat_template(turn, words=80, add_generation_prompt=True, return_dict=False)
        answer = tokenizer(row["text"], add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            logits = model(torch.tensor([ids + answer])).logits[0].double()
        for place, token in enumerate(answer, start=len(ids)):
            nats -= float(torch.log_softmax(logits[place - 1], -1)[token])
        size += len(row["text"].encode())
    assert found.base == pytest.approx(nats / log(2) / size, rel=1e-5)
    assert found.adapter != pytest.approx(found.base, rel=1e-5)


@pytest.mark.parametrize(
    ("missing", "fix"),
    [
        ("dataset/report.json", "python -m train prepare blog"),
        (f"dataset/{TEST}", "python -m train prepare blog"),
        ("adapter/training.json", "python -m train tune blog"),
        ("adapter/writer.json", "python -m train tune blog"),
        ("adapter/adapter_model.safetensors", "python -m train tune blog"),
    ],
)
def test_a_missing_file_names_the_stage_that_makes_it(made: Made, missing: str, fix: str) -> None:
    (made.run.folder / missing).unlink()
    with pytest.raises(StageError, match="missing") as caught:
        evaluate(BLOG, made.run)
    assert caught.value.fix == fix


def test_files_changed_since_they_were_made_are_no_evidence(made: Made) -> None:
    with (made.run.adapter / "adapter_model.safetensors").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(StageError, match=r"adapter_model.safetensors was changed"):
        evaluate(BLOG, made.run)


def test_an_adapter_of_another_dataset_is_refused(made: Made) -> None:
    sign(made.run, made.base, "f" * 64)
    with pytest.raises(StageError, match="trained on another dataset") as caught:
        evaluate(BLOG, made.run)
    assert caught.value.fix == "python -m train tune blog"


def test_a_prompt_that_training_never_saw_is_refused(made: Made) -> None:
    writer = made.writer()
    made.rewrite(replace(writer, golden=(replace(writer.golden[0], ids=(1, 2)),)))
    with pytest.raises(StageError, match="not the one that training saw"):
        evaluate(BLOG, made.run)


def test_a_base_that_is_nowhere_is_named(made: Made) -> None:
    made.rewrite(replace(made.writer(), base=str(made.base / "gone")))
    with pytest.raises(StageError, match="gone cannot be loaded"):
        evaluate(BLOG, made.run)


def test_an_adapter_over_a_base_of_another_shape_is_refused(made: Made) -> None:
    config = made.run.adapter / "adapter_config.json"
    write_text(config, json.dumps(json.loads(config.read_text()) | {"r": 8}))
    made.rewrite(made.writer())
    with pytest.raises(StageError, match="does not fit"):
        evaluate(BLOG, made.run)


def test_a_dataset_that_holds_nothing_back_is_refused(made: Made) -> None:
    shutil.rmtree(made.run.dataset)
    sign(made.run, made.base, leave_dataset(made.run, []))
    with pytest.raises(StageError, match="holds no text back"):
        evaluate(BLOG, made.run)


def test_one_held_out_text_is_enough_to_run(made: Made) -> None:
    shutil.rmtree(made.run.dataset)
    sign(made.run, made.base, leave_dataset(made.run, rows()[1:2]))
    metrics = evaluate(BLOG, made.run)
    assert (metrics.titles, metrics.documents) == (1, 1)
    assert {"1 title", "1 unseen text"} <= {each.over for each in metrics.metrics}


def test_a_title_that_fills_the_window_is_named(made: Made) -> None:
    shutil.rmtree(made.run.dataset)
    sign(made.run, made.base, leave_dataset(made.run, rows(["tea " * 600])))
    with pytest.raises(StageError, match=r"'tea tea .* fills all 512 tokens"):
        evaluate(BLOG, made.run)


def test_a_failed_evaluation_keeps_the_last_evidence(made: Made) -> None:
    evaluate(BLOG, made.run)
    before = digests(made.run.evidence)
    sign(made.run, made.base, "f" * 64)
    with pytest.raises(StageError):
        evaluate(BLOG, made.run)
    assert digests(made.run.evidence) == before


def test_the_base_is_quantised_as_in_training(made: Made) -> None:
    made.rewrite(made.writer(), load_in_4bit=True, use_bnb_nested_quant=True, dtype="bfloat16")
    layers = {type(each).__name__ for each in made.load().model.modules()}
    assert "Linear4bit" in layers
    assert evaluate(BLOG, made.run).titles == 4
