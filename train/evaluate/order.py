"""What one evaluation is made from, and the keys that stand for it."""

from dataclasses import dataclass, replace
from importlib.metadata import version

from huggingface_hub import HfApi, is_offline_mode

from train.errors import StageError
from train.evaluate.ask import Questions
from train.evaluate.canaries import known
from train.evaluate.exposure import Exposure
from train.evaluate.given import Given, given, questions
from train.evaluate.last import Release, newest
from train.evaluate.report import GATE, SAMPLES, Metrics, Verdict, seal
from train.recipe import Recipe
from train.run import Run, as_json, digest_of, digest_of_all, digest_of_code, finished, read_result

CODE = ("train/evaluate", "train/prepare", "train/tune")  # outlines, word counts and prompts come from there
PACKAGES = (
    *("bitsandbytes", "markdown-it-py", "numpy", "peft", "rapidfuzz", "sacrebleu"),
    *("tokenizers", "torch", "transformers"),
)
OFFLINE = "HF_HUB_OFFLINE is set, so the Hub was not asked for a last release."


@dataclass(frozen=True)
class Order:
    """What one evaluation is made from."""

    recipe: Recipe
    given: Given
    questions: Questions
    release: Release | None
    without_last: str = ""
    exposure: Exposure | None = None  # of a canary run, if there was one

    @property
    def texts(self) -> str:
        """Stands for all that the writers' texts depend on."""
        return digest_of(
            self.given.training.dataset,
            digest_of_all(self.given.training.files),
            self.questions.digest,
            as_json([self.release, self.without_last]),
            as_json({package: version(package).partition("+")[0] for package in PACKAGES}),  # 2.13.0+cpu
            digest_of_code(*CODE),
        )

    @property
    def key(self) -> str:
        """Stands for all that the evidence depends on."""
        return digest_of(self.texts, as_json([self.recipe.gate, self.exposure]))


def order_of(recipe: Recipe, run: Run, api: HfApi) -> Order:
    """What is to be judged; without the Hub, evidence that is there and belongs to the adapter stands."""
    found = given(recipe, run)
    order = Order(recipe, found, questions(recipe, found), None, exposure=known(run, found.training))
    if not is_offline_mode():
        return replace(order, release=newest(recipe, found.weights, api))
    as_it_stands = replace(order, release=_recorded(run))
    if judged(run, as_it_stands.key):
        return as_it_stands
    return replace(order, without_last=OFFLINE)


def judged(run: Run, key: str) -> Metrics | None:
    """The figures that are there, if they were made from what `key` stands for, and nobody touched them."""
    metrics = finished(Metrics, run.evidence / "metrics.json", key)
    if metrics and {GATE, SAMPLES} <= metrics.files.keys():
        return metrics if finished(Verdict, run.evidence / GATE, seal(metrics)) else None
    return None


def _recorded(run: Run) -> Release | None:
    """The release that the evidence which is there was held against."""
    try:
        known = read_result(Metrics, run.evidence / "metrics.json", fix="").last
    except StageError:
        return None
    return Release(known.version, known.repo, known.commit, known.adapter) if known else None
