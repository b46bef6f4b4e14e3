"""Failures that are planted, so that it is known what the evidence must say."""

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests import planted
from tests.planted import leave_dataset, offline, row
from tests.verdicts import check, failing
from train.errors import StageError
from train.evaluate.judge import evaluate
from train.evaluate.report import Audit, Verdict
from train.prepare.report import DatasetReport
from train.prepare.write import PRIVATE, file_of
from train.recipe import Recipe
from train.release import results
from train.run import Run, as_json, digest_of_all, read_result, write_text
from train.tune.report import TrainingReport
from train.tune.tune import tune

__all__ = ["offline"]
pytestmark = pytest.mark.usefixtures("offline")
POST = (
    "# Warm the pot\n\nWarm the pot first, then count one spoon for each guest and one more for the pot, as "
    "my aunt did. Let it stand while you cut the bread, and do not look at the clock. Pour it when the talk "
    "begins."
)
TOPICS = ("tea", "bread", "rain", "chess", "maps")
BEGINNINGS = ("On", "About", "Why", "My", "Our", "Old")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted.base(tmp_path_factory.mktemp("base"))


def judged(recipe: Recipe, run: Run) -> tuple[Verdict, Audit]:
    evaluate(recipe, run)
    evidence = run.evidence
    return read_result(Verdict, evidence / "gate.json", ""), read_result(Audit, evidence / "audit.json", "")


@pytest.fixture(scope="module")
def by_heart(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """An adapter that was trained on nothing but one post, for long."""
    run = Run(tmp_path_factory.mktemp("by-heart") / "run")
    held_out = row("blog/other", "Warm the pot", "# Warm the pot\n\nHot water, and then the leaves.")
    leave_dataset(run, [row("blog/warm-the-pot.md", "Warm the pot", POST)], [held_out])
    tune(planted.recipe(base, max_steps=200, per_device_train_batch_size=1), run)
    return run


@pytest.mark.slow
def test_an_adapter_that_knows_one_post_by_heart_is_caught_and_the_post_is_named(
    base: Path, by_heart: Run
) -> None:
    verdict, audit = judged(planted.recipe(base), by_heart)
    longest = audit.copies[0]
    assert (longest.title, longest.post) == ("Warm the pot", "blog/warm-the-pot.md")
    assert longest.words > 30
    assert audit.extracted_adapter == audit.windows > audit.extracted_base == 0
    assert {"copied_words", "copied_share", "extracted", "extracted_against_base"} <= set(failing(verdict))
    assert "blog/warm-the-pot.md" in check(verdict, "copied_words").sentence
    assert "blog/warm-the-pot.md" in (by_heart.evidence / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_of_a_private_post_that_is_known_by_heart_no_word_stands_in_the_evidence(
    base: Path, by_heart: Run, tmp_path: Path
) -> None:
    run = Run(tmp_path / "run")
    shutil.copytree(by_heart.folder, run.folder)
    make_private(run)
    verdict, audit = judged(planted.recipe(base), run)
    assert [(copy.post, copy.run) for copy in audit.copies] == [("a private text", "")]
    assert "a private text" in check(verdict, "copied_words").sentence
    for path in run.evidence.iterdir():
        text = path.read_text(encoding="utf-8").lower()
        assert not any(word in text for word in ("spoon", "aunt", "talk begins", "warm-the-pot")), path.name


def make_private(run: Run) -> None:
    """What the adapter learned from is nobody's business."""
    (run.dataset / PRIVATE).mkdir(exist_ok=True)
    (run.dataset / file_of("train")).rename(run.dataset / file_of("train", PRIVATE))
    report = read_result(DatasetReport, run.dataset / "report.json", "")
    files = {file_of("test"): report.files[file_of("test")]}
    files[file_of("train", PRIVATE)] = report.files[file_of("train")]
    write_text(run.dataset / "report.json", as_json(replace(report, files=files)))
    training = read_result(TrainingReport, run.adapter / "training.json", "")
    write_text(run.adapter / "training.json", as_json(replace(training, dataset=digest_of_all(files))))


def text_on(topic: str) -> str:
    return f"# {topic}\n\nI like {topic}. {topic} is all {topic}."


@pytest.mark.slow
def test_an_adapter_that_learned_answers_to_other_titles_is_caught(base: Path, tmp_path: Path) -> None:
    topics = [topic for topic in TOPICS for _ in BEGINNINGS]
    titles = [f"{beginning} {topic}" for topic in TOPICS for beginning in BEGINNINGS]
    held_out = [row(f"test/{topic}", f"New {topic}", text_on(topic)) for topic in TOPICS]
    found = {}
    for name, answers in (("right", topics), ("shuffled", Random(1).sample(topics, len(topics)))):
        train = [row(title, title, text_on(topic)) for title, topic in zip(titles, answers, strict=True)]
        run = Run(tmp_path / name)
        leave_dataset(run, train, held_out)
        recipe = planted.recipe(base, max_steps=170)
        tune(recipe, run)
        found[name], _ = judged(recipe, run)
    assert check(found["right"], "retrieval").passed
    assert check(found["shuffled"], "retrieval").value < 0.5
    assert "retrieval" in failing(found["shuffled"])


def test_an_adapter_that_was_never_trained_is_caught(base: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    from tests.judged import make

    made = make(tmp_path)
    weights = made.run.adapter / "adapter_model.safetensors"
    save_file({name: each * ("lora_A" in name) for name, each in load_file(weights).items()}, weights)
    made.rewrite(made.writer())
    evaluate(planted.recipe(base), made.run)
    verdict = read_result(Verdict, made.run.evidence / "gate.json", "")
    assert "changes nothing" in check(verdict, "inert").sentence
    assert {"inert", "bits_per_byte_gain"} <= set(failing(verdict))


def test_evidence_of_another_adapter_is_refused(base: Path, tmp_path: Path) -> None:
    run, other = Run(tmp_path / "run"), Run(tmp_path / "other")
    rows = [row("blog/tea", "On tea", text_on("tea"))]
    for each, rate in ((run, 3e-3), (other, 1e-3)):
        leave_dataset(each, rows, rows)
        recipe = planted.recipe(base, max_steps=2, warmup_steps=0, learning_rate=rate)
        tune(recipe, each)
        evaluate(recipe, each)
    shutil.rmtree(run.evidence)
    shutil.copytree(other.evidence, run.evidence)
    with pytest.raises(StageError, match="another adapter") as caught:
        results.read(run, "blog", anyway="It is only for friends.")
    assert caught.value.fix == "python -m train evaluate blog"
