import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from math import log
from pathlib import Path
from typing import Any

import pytest

from tests import toy
from train import recipe as recipes
from train.errors import StageError
from train.evaluate.ask import Passage, passages, requests
from train.evaluate.judge import TEST, evaluate
from train.evaluate.report import Metrics, Verdict
from train.prepare.report import DatasetReport
from train.recipe import Decoding, Gate, Input, Recipe
from train.run import Run, as_json, digest_of_all, digests, read_result, write_text
from train.tune import prompt
from train.tune.report import TrainingReport, Writer

TITLES = [
    "Keeping a notebook",
    "日記の書き方",
    "On tea",
    "Notebooks for people who already keep far too many",
]
BLOG = replace(
    recipes.load("blog"),
    inputs={
        "title": Input(label="Title", examples=("Keeping a notebook",)),
        "words": Input(label="Limit", choices=(80, 160), default=80),
    },
    decoding=Decoding(max_new_tokens=12, temperature=0.0),
)


def rows(titles: Sequence[str] = TITLES) -> list[dict[str, Any]]:
    return [
        {
            "id": f"row-{place}",
            "title": title,
            "text": f"# {title}\n\nTea is good." + " More." * place,
            "words": 9,
        }
        for place, title in enumerate(titles)
    ]


def writer_of(recipe: Recipe, base: Path, tokenizer: Any) -> Writer:
    return Writer(
        name=recipe.name,
        title=recipe.title,
        base=str(base),
        base_revision="0" * 40,
        message="title",
        inputs=recipe.inputs,
        decoding=recipe.decoding,
        golden=prompt.golden(recipe, tokenizer, TITLES[:1]),
    )


def leave_dataset(run: Run, held_out: Sequence[dict[str, Any]]) -> str:
    import pyarrow  # type: ignore[import-untyped]
    from pyarrow import parquet

    (run.dataset / "data").mkdir(parents=True)
    parquet.write_table(pyarrow.Table.from_pylist(list(held_out)), run.dataset / TEST)
    files = digests(run.dataset)
    counts = {"test": len(held_out)}
    report = DatasetReport("key", "blog", counts, len(held_out), {}, {}, counts, counts, files)
    write_text(run.dataset / "report.json", as_json(report))
    return digest_of_all(files)


def leave_adapter(run: Run, base: Path, dataset: str, **options: Any) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    config = LoraConfig(r=4, target_modules=["q_proj", "v_proj", "down_proj"], init_lora_weights=False)
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    model.save_pretrained(str(run.adapter))
    tokenizer = toy.tokenizer()
    tokenizer.chat_template = prompt.chat_template(BLOG, toy.TEMPLATE)
    tokenizer.save_pretrained(run.adapter)
    write_text(run.adapter / "writer.json", as_json(writer_of(BLOG, base, tokenizer)))
    sign(run, base, dataset, **options)


def sign(run: Run, base: Path, dataset: str, **options: Any) -> None:
    files = {name: digest for name, digest in digests(run.adapter).items() if name != "training.json"}
    report = TrainingReport("key", "blog", str(base), "0" * 40, dataset, options, 1, 1, (), {}, files)
    write_text(run.adapter / "training.json", as_json(report))


@dataclass(frozen=True)
class Made:
    base: Path
    run: Run
    dataset: str

    def writer(self) -> Writer:
        return read_result(Writer, self.run.adapter / "writer.json", "")

    def rewrite(self, writer: Writer, **options: Any) -> None:
        write_text(self.run.adapter / "writer.json", as_json(writer))
        sign(self.run, Path(writer.base), self.dataset, **options)

    def load(self) -> Any:
        from train.evaluate.load import load

        training = read_result(TrainingReport, self.run.adapter / "training.json", "")
        return load(self.run.adapter, self.writer(), training)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    toy.base(folder / "base")
    run = Run(folder / "run")
    dataset = leave_dataset(run, rows())
    leave_adapter(run, folder / "base", dataset)
    return Made(folder / "base", run, dataset)


@pytest.fixture
def made(original: Made, tmp_path: Path) -> Made:
    shutil.copytree(original.run.folder, tmp_path / "run")
    return replace(original, run=Run(tmp_path / "run"))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_evaluate_leaves_figures_samples_and_a_verdict(made: Made) -> None:
    metrics = evaluate(BLOG, made.run)
    evidence = made.run.evidence
    assert read_result(Metrics, evidence / "metrics.json", "") == metrics
    assert {path.name for path in evidence.iterdir()} == {*metrics.files, "metrics.json"}
    assert set(metrics.files) == {"samples.jsonl", "documents.jsonl", "gate.json"}
    assert (metrics.titles, metrics.documents, metrics.dataset) == (4, 4, made.dataset)
    verdict = read_result(Verdict, evidence / "gate.json", "")
    assert (verdict.passed, verdict.key) == (False, metrics.key), "random weights write no posts"


def test_the_samples_say_who_wrote_what_on_which_request(made: Made) -> None:
    evaluate(BLOG, made.run)
    samples = lines(made.run.evidence / "samples.jsonl")
    assert [(each["title"], each["writer"]) for each in samples] == [
        (title, who) for title in TITLES for who in ("base", "adapter")
    ]
    assert [each["inputs"] for each in samples[::2]] == [{"words": limit} for limit in (80, 160, 80, 160)]
    assert all("end" in each["lacks"] for each in samples if not each["finished"])
    assert [each["text"] for each in samples[::2]] != [each["text"] for each in samples[1::2]]


def test_the_same_adapter_gives_the_same_bytes_and_is_asked_only_once(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evaluate(BLOG, made.run)
    before = digests(made.run.evidence)
    shutil.rmtree(made.run.evidence)
    assert evaluate(BLOG, made.run) == first
    assert digests(made.run.evidence) == before
    monkeypatch.setattr("train.evaluate.findings.findings", None)
    assert evaluate(BLOG, made.run) == first


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


def test_the_base_column_is_the_base_without_any_adapter(made: Made) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    from train.evaluate.generate import generate

    loaded = made.load()
    asked = requests(TITLES, loaded.writer)
    alone: Any = AutoModelForCausalLM.from_pretrained(made.base)
    for inputs, text in zip(asked, generate(loaded, "base", asked), strict=True):
        ids = loaded.tokenizer(loaded.prompt(inputs), add_special_tokens=False, return_tensors="pt")
        with torch.no_grad():
            row = alone.generate(**ids, max_new_tokens=12, do_sample=False)[0, ids["input_ids"].shape[1] :]
        assert text.text == loaded.tokenizer.decode(row, skip_special_tokens=True), "padding changes nothing"


def test_sampling_is_seeded(made: Made) -> None:
    from train.evaluate.generate import generate

    asked = requests(TITLES, made.writer())
    loaded = replace(
        made.load(), writer=replace(made.writer(), decoding=Decoding(12, temperature=1.0, seed=3))
    )
    once, again = generate(loaded, "adapter", asked), generate(loaded, "adapter", asked)
    other = replace(loaded, writer=replace(made.writer(), decoding=Decoding(12, temperature=1.0, seed=4)))
    assert once == again
    assert once != generate(other, "adapter", asked)


def test_a_text_that_ends_at_once_is_empty_and_finished(made: Made) -> None:
    from train.evaluate.generate import generate

    loaded = made.load()
    loaded.model.generation_config.eos_token_id = list(range(len(loaded.tokenizer)))
    texts = generate(loaded, "adapter", requests(TITLES[:2], loaded.writer))
    assert [(each.text, each.finished) for each in texts] == [("", True)] * 2


def test_a_text_that_never_ends_stops_at_the_base_s_window(made: Made) -> None:
    from train.evaluate.generate import generate

    loaded = replace(made.load(), writer=replace(made.writer(), decoding=Decoding(9_999, temperature=0.0)))
    loaded.model.config.max_position_embeddings = 80
    (text,) = generate(loaded, "base", requests(TITLES[:1], loaded.writer))
    assert not text.finished
    assert len(loaded.tokenizer(text.text)["input_ids"]) < loaded.window


@pytest.mark.parametrize("text", ["Tea. " * 400, "茶" * 400], ids=["words", "several bytes a letter"])
def test_a_text_longer_than_the_window_counts_as_far_as_it_reaches(made: Made, text: str) -> None:
    from train.evaluate.score import score

    loaded = made.load()
    (cost,) = score(loaded, "base", [Passage("long", {"title": "On tea", "words": None}, text)])
    ids = loaded.tokenizer(loaded.prompt({"title": "On tea", "words": None}) + text)["input_ids"]
    seen = loaded.tokenizer.decode(ids[: loaded.window]).split("<|assistant|>\n")[1].rstrip("\ufffd")
    assert len(ids) > loaded.window
    assert abs(cost.bytes - len(seen.encode())) <= 3, "a letter cut in two counts once at most"


def write(loaded: Any, who: Any) -> None:
    from train.evaluate.generate import generate

    generate(loaded, who, requests(TITLES, loaded.writer))


def read(loaded: Any, who: Any) -> None:
    from train.evaluate.score import score

    score(loaded, who, passages(rows(), BLOG, loaded.writer))


@pytest.mark.parametrize("who", ["base", "adapter"])
@pytest.mark.parametrize("act", [write, read])
def test_nan_is_named_and_no_figure(made: Made, who: str, act: Callable[[Any, str], None]) -> None:
    loaded = made.load()
    part = "lora_A" if who == "adapter" else "embed_tokens"
    for name, weights in loaded.model.named_parameters():
        if part in name:
            weights.data.fill_(float("nan"))
    with pytest.raises(StageError, match=f"The {who} computes") as caught:
        act(loaded, who)
    assert caught.value.fix.startswith("python -m train tune blog --")


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
    assert (metrics.titles, {each.over for each in metrics.metrics}) == (1, {"1 title", "1 unseen text"})


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


def test_requests_take_every_choice_in_turn_and_stop_at_the_most() -> None:
    writer = Writer("blog", "", "", "", "title", BLOG.inputs, Decoding(), ())
    asked = requests(["a", "b", "c", "d"], writer, most=3)
    assert asked == ({"title": "a", "words": 80}, {"title": "b", "words": 160}, {"title": "c", "words": 80})


def test_a_writer_with_one_input_is_asked_with_nothing_else() -> None:
    writer = Writer("blog", "", "", "", "title", {"title": Input("Title")}, Decoding(), ())
    assert requests(["a"], writer) == ({"title": "a"},)


@pytest.mark.parametrize(("words", "limit"), [(9, 80), (81, 160), (161, None)])
def test_a_held_out_text_is_read_with_the_limit_that_it_keeps(words: int, limit: int | None) -> None:
    writer = Writer("blog", "", "", "", "title", BLOG.inputs, Decoding(), ())
    (passage,) = passages([{**rows()[0], "words": words}], BLOG, writer)
    assert asdict(passage)["inputs"] == {"title": TITLES[0], "words": limit}
