"""An invented run: what `prepare`, `tune` and `evaluate` would have left, in a second and without torch."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy
from safetensors.numpy import save_file

from tests.golden.facts import TEXT
from train.evaluate.given import settings_of
from train.evaluate.report import Change, Check, Last, Metric, Metrics, Sample, Verdict, seal
from train.prepare.document import Document
from train.prepare.report import DatasetReport
from train.prepare.words import count
from train.prepare.write import Rows, write_dropped
from train.recipe import Recipe
from train.run import Run, as_json, digest_of_all, digest_of_file, digests, read_result, write_text
from train.sections import Decoding, Gate, Input, Prompt, Publish, Source
from train.tune.report import Compute, Cut, Golden, Loss, TrainingReport, Writer

REVISION = "0cb88a4f764b7a12671c53f0838cd831a0843b95"
TITLE = "How to keep a paper notebook"
RECIPE_TEXT = "# kept as it was typed\nname: blog\n"
RECIPE = Recipe(
    name="blog",
    title="Title to blog post",
    language="en",
    publish=Publish("acme/posts", "acme/Llama-writer", "acme/demo", "unknown", "llama3.2"),
    sources=(Source("hub", "acme/raw"),),
    prompt=Prompt("{{ title }}"),
    inputs={
        "title": Input("Title", examples=(TITLE,)),
        "words": Input("Words", choices=(300, 600), default=600),
    },
    tune={"model_name_or_path": "meta-llama/Llama-3.2-3B-Instruct", "load_in_4bit": True, "lora_r": 32},
    gate=Gate(),
)
WHOLE = Metric(
    name="structure",
    label="whole posts",
    base=0.0,
    adapter=0.5,
    better="higher",
    over="2 titles",
    unit="share",
    low=0.12,
    high=0.88,
    last=0.25,
    from_base=Change(0.5, 0.0, 1.0),
    from_last=Change(0.25, -0.33, 0.83),
)
SPECIFICS = Metric("specifics", "names nobody gave, per 100 words", 3.5, 1.75, "lower", "2 titles")


def make(folder: Path, recipe: Recipe = RECIPE, added: str = "") -> Run:
    """Write the results of an invented run into `folder`; what is `added` makes other rows and weights."""
    run = Run(folder)
    _write_dataset(run, added)
    _write_adapter(run, recipe, sum(added.encode()))
    write_evidence(run)
    return run


def _write_dataset(run: Run, added: str) -> None:
    kept = [Document(f"acme/raw/{each}", TITLE, TEXT + added, "", "acme/raw") for each in range(4)]
    splits = {"train": kept[:2], "validation": kept[2:3], "test": kept[3:]}
    run.dataset.mkdir(parents=True)
    rows = Rows(run.dataset)
    for name, documents in splits.items():
        for document in documents:
            rows.add(name, document, count(document.text))
    rows.close(splits)
    write_dropped(run.dataset / "dropped.jsonl", [])
    write_text(run.dataset / "report.svg", "<svg/>\n")
    report = DatasetReport(
        key="prepared",
        recipe="blog",
        read={"acme/raw": 7, "my-blog": 1},
        kept=4,
        dropped={"empty": 1, "too short": 3},
        changed={"hard wraps": 2},
        rows={name: len(rows) for name, rows in splits.items()},
        words={name: 90 * len(rows) for name, rows in splits.items()},
        files=digests(run.dataset),
        revisions={"acme/raw": REVISION, "my-blog": "ab" * 32},
    )
    write_text(run.dataset / "report.json", as_json(report))


def _write_adapter(run: Run, recipe: Recipe, weight: int) -> None:
    run.adapter.mkdir()
    tensor = numpy.full((2, 2), weight, dtype="float32")
    save_file({"lora_A": tensor}, run.adapter / "adapter_model.safetensors")
    config = {"base_model_name_or_path": recipe.base, "revision": REVISION, "peft_type": "LORA"}
    write_text(run.adapter / "adapter_config.json", json.dumps(config))
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        write_text(run.adapter / name, "{}")
    for name in ("LICENSE.txt", "USE_POLICY.md"):
        write_text(run.adapter / name, "As in the base's repository.\n")
    write_text(run.adapter / "loss.svg", "<svg/>\n")
    _write_writer(run, recipe)
    _write_training(run, recipe)


def _write_writer(run: Run, recipe: Recipe) -> None:
    writer = Writer(
        name="blog",
        title=recipe.title,
        base=recipe.base,
        base_revision=REVISION,
        message="title",
        inputs=recipe.inputs,
        decoding=Decoding(),
        golden=(Golden({"title": TITLE}, (1, 2)),),
    )
    write_text(run.adapter / "writer.json", as_json(writer))


def _write_training(run: Run, recipe: Recipe) -> None:
    report = TrainingReport(
        key="tuned",
        recipe="blog",
        base=recipe.base,
        base_revision=REVISION,
        dataset=_rows(run),
        options=recipe.tune,
        parameters=4,
        steps=200,
        loss=(Loss(10, 2.4), Loss(200, 1.4)),
        versions={"peft": "0.21.2", "trl": "1.16.0"},
        validation=(Loss(200, 1.6),),
        best_step=200,
        cut=Cut(rows=1, tokens=77),
        compute=Compute("NVIDIA H200", tokens=51_200, flops=1.25e13, seconds=843.5),
        files=digests(run.adapter),
    )
    write_text(run.adapter / "training.json", as_json(report))


def write_evidence(run: Run, *, passed: bool = True, adapter: str = "", dataset: str = "") -> None:
    """Write evidence on the run's adapter and rows, or on others if their digests are given."""
    spoken = [
        Sample(TITLE, {"words": 600}, "base", 0, "no heading", True, ("a title",)),
        Sample(TITLE, {"words": 600}, "adapter", 0, "half a post", True, ("a conclusion",)),
        Sample(TITLE, {"words": 600}, "adapter", 0, TEXT, True, ()),
    ]
    lines = [json.dumps(asdict(each), sort_keys=True) + "\n" for each in spoken]
    write_text(run.evidence / "samples.jsonl", "".join(lines))
    metrics = Metrics(
        key="judged",
        recipe="blog",
        adapter=adapter or digest_of_file(run.adapter / "adapter_model.safetensors"),
        dataset=dataset or _rows(run),
        titles=1,
        documents=1,
        metrics=(WHOLE, SPECIFICS),
        files={"samples.jsonl": digest_of_file(run.evidence / "samples.jsonl")},
        settings=settings_of(RECIPE.gate, Decoding()),
        last=Last("v0.0.9", "acme/Llama-writer", "7c" * 20, "33" * 32, "55" * 32, RECIPE.base, REVISION),
    )
    write_text(run.evidence / "metrics.json", as_json(metrics))
    check = Check("structure", 0.5, 0.4, passed, "1 of 2 titles got a whole post; 1 was needed.")
    copied = Check(
        "copied_words", 12.0, 50.0, True, "The longest run has 12 words; less than 50 is let pass."
    )
    write_verdict(run, check, copied, passed=passed)


def write_verdict(run: Run, *checks: Check, passed: bool = True) -> None:
    """Write a verdict with these checks on the figures that are there."""
    metrics = read_result(Metrics, run.evidence / "metrics.json", "")
    write_text(run.evidence / "gate.json", as_json(Verdict(seal(metrics), passed, checks)))
    files = metrics.files | {"gate.json": digest_of_file(run.evidence / "gate.json")}
    write_text(run.evidence / "metrics.json", as_json(replace(metrics, files=files)))


def _rows(run: Run) -> str:
    return digest_of_all(json.loads((run.dataset / "report.json").read_text())["files"])
