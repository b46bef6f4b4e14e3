"""The loop that writes, beside transformers' own: the same likelihoods, and the same greedy texts."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.judged import TITLES, Made, make
from train.evaluate.ask import requests
from train.evaluate.kept import Kept
from train.evaluate.report import Text
from train.sections import Decoding

PROMPTS = [list(range(30, 30 + length)) for length in (3, 40, 9, 17, 5, 28, 11)]
STOPS = frozenset(range(40, 60))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("made"))


@pytest.fixture
def loaded(made: Made) -> Any:
    return made.load()


def alone(model: Any, prompt: list[int], tokens: int, penalty: float = 1.0) -> list[int]:
    """What `generate` puts behind one prompt, up to a token that stops it."""
    import torch

    ids = torch.tensor([prompt])
    row = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        repetition_penalty=penalty,
        min_new_tokens=tokens if model.generation_config.eos_token_id else None,
        max_new_tokens=tokens,
    )[0, len(prompt) :].tolist()
    end = next((at for at, token in enumerate(row) if token in STOPS), tokens)
    return list(row[:end])


@pytest.mark.parametrize("penalty", [1.0, 1.3])
def test_a_batch_whose_rows_end_one_by_one_is_what_generate_writes_alone(loaded: Any, penalty: float) -> None:
    from train.evaluate.draw import draw
    from train.evaluate.loop import Row, continued

    decoding = Decoding(90, temperature=0.0, repetition_penalty=penalty)
    rows = [Row(prompt, 90 - 5 * at) for at, prompt in enumerate(PROMPTS)]
    ended: list[int] = []
    luck = draw(decoding, [], loaded.model.device)
    written = continued(loaded.model, rows, STOPS, luck, ended.append)
    wanted = [alone(loaded.model, prompt, 90 - 5 * at, penalty) for at, prompt in enumerate(PROMPTS)]
    assert [each.ids for each in written] == wanted
    assert [each.finished for each in written] == [len(ids) < 90 - 5 * at for at, ids in enumerate(wanted)]
    assert sum(ended) == len(rows)
    assert len({len(each.ids) for each in written}) > 3, "rows left the batch at different times"


def bases() -> dict[str, Any]:
    """A random base of each build that recipes name, and of those whose layers look at a window only."""
    import transformers as of

    size: dict[str, Any] = {
        "vocab_size": 320,
        "max_position_embeddings": 256,
        "initializer_range": 0.3,
        "pad_token_id": 0,
    }
    size |= {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4}
    few: dict[str, Any] = {"num_key_value_heads": 2}
    window = few | {"sliding_window": 16}
    return {
        "GPT-2": lambda: of.GPT2LMHeadModel(of.GPT2Config(**size)),
        "GPT-NeoX": lambda: of.GPTNeoXForCausalLM(of.GPTNeoXConfig(**size)),
        "Qwen2": lambda: of.Qwen2ForCausalLM(of.Qwen2Config(**size, **few)),
        "Phi-3": lambda: of.Phi3ForCausalLM(of.Phi3Config(**size, **window)),
        "Mistral": lambda: of.MistralForCausalLM(of.MistralConfig(**size, **window)),
    }


@pytest.mark.parametrize("build", ["GPT-2", "GPT-NeoX", "Qwen2", "Phi-3", "Mistral"])
def test_bases_of_every_build_write_what_generate_writes(build: str) -> None:
    import torch

    from train.evaluate.draw import draw
    from train.evaluate.loop import Row, continued

    torch.manual_seed(0)
    model = bases()[build]().eval()
    model.generation_config.eos_token_id = None
    rows = [Row(prompt, 50) for prompt in PROMPTS]
    written = continued(model, rows, STOPS, draw(Decoding(50, temperature=0.0), [], model.device))
    assert [each.ids for each in written] == [alone(model, prompt, 50) for prompt in PROMPTS]


@pytest.mark.parametrize("top_p", [0.01, 0.3, 0.9, 1.0])
def test_sampling_takes_the_tokens_that_transformers_would_take_as_often(top_p: float) -> None:
    import torch
    from transformers import TopPLogitsWarper

    from train.evaluate.draw import sampled

    draws = 40_000
    logits = torch.randn(12, generator=torch.Generator().manual_seed(5)) * 2
    warped: Any = TopPLogitsWarper(top_p)
    wanted = warped(None, logits[None]).softmax(-1)[0]
    luck = (torch.arange(draws) + 0.5) / draws  # every stretch of luck once
    found = sampled(logits.expand(draws, -1), top_p, luck).bincount(minlength=12) / draws
    assert torch.allclose(found, wanted, atol=2 / draws)
    edges = sampled(logits.expand(2, -1), top_p, torch.tensor([0.0, 1 - 2**-24]))
    assert all(wanted[edges] > 0), "not even the ends of the luck reach a token that top-p leaves out"


def test_a_sampled_text_hangs_on_its_title_alone(loaded: Any) -> None:
    from train.evaluate.generate import generate

    asked = requests(TITLES, loaded.writer)
    sampling = replace(loaded, writer=replace(loaded.writer, decoding=Decoding(12, temperature=1.0, seed=3)))
    together = generate(sampling, "adapter", asked)
    assert together == tuple(generate(sampling, "adapter", [inputs])[0] for inputs in asked)


def test_prompts_are_continued_by_the_likeliest_tokens_whatever_they_are(loaded: Any) -> None:
    from train.evaluate.generate import continue_ids

    for who in ("base", "adapter"):
        with loaded.wearing(who):
            wanted = [_all(loaded.model, prompt, 20) for prompt in PROMPTS]
        assert continue_ids(loaded, who, PROMPTS, 20) == wanted
    assert continue_ids(loaded, "base", [], 20) == []


def _all(model: Any, prompt: list[int], tokens: int) -> list[int]:
    import torch

    ids = torch.tensor([prompt])
    row = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        min_new_tokens=tokens,
        max_new_tokens=tokens,
        suppress_tokens=None,
        eos_token_id=None,
    )
    return list(row[0, len(prompt) :].tolist())


def test_too_little_memory_makes_batches_smaller_and_loses_no_text(
    loaded: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from train.evaluate.generate import generate
    from train.evaluate.loop import continued

    asked = requests([f"On tea, part {number}" for number in range(9)], loaded.writer)
    wanted = generate(loaded, "base", asked)
    sizes: list[int] = []

    def small(model: Any, rows: Sequence[Any], *others: Any) -> Any:
        sizes.append(len(rows))
        if len(rows) > 3:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return continued(model, rows, *others)

    monkeypatch.setattr("train.evaluate.generate.continued", small)
    assert generate(loaded, "base", asked) == wanted
    assert sizes == [9, 4, 2, 2, 2, 2, 1]
    assert "Too little memory for 9 texts at once: 4 from here on." in capsys.readouterr().err


def test_too_little_memory_for_a_single_text_is_no_loop(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from train.evaluate.generate import generate

    def never(*_: Any) -> Any:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

    monkeypatch.setattr("train.evaluate.generate.continued", never)
    with pytest.raises(RuntimeError, match="out of memory"):
        generate(loaded, "base", requests(TITLES, loaded.writer))


@pytest.mark.parametrize(
    ("shape", "number"),
    [
        pytest.param((28, 8, 128, 2), 11, id="a 3B Llama takes 0.2 GB a text of 1,700 tokens"),
        pytest.param((32, 32, 128, 2), 2, id="a 7B Llama without grouped heads takes 0.9 GB"),
        pytest.param((4, 4, 32, 4), 64, id="a tiny one is not asked for more than 64 at once"),
        pytest.param((80, 64, 128, 4), 1, id="one text is always tried"),
    ],
)
def test_as_many_texts_at_once_as_there_is_memory_for(shape: tuple[int, int, int, int], number: int) -> None:
    import torch
    from transformers import LlamaConfig

    from train.evaluate.size import at_once

    layers, heads, width, size = shape
    config = LlamaConfig(
        num_hidden_layers=layers, num_key_value_heads=heads, num_attention_heads=heads, head_dim=width
    )

    class Shaped:
        device = torch.device("cpu")
        dtype = torch.float32 if size == 4 else torch.bfloat16

    model: Any = Shaped()
    model.config = config
    assert at_once(model, 1700) == number


def test_a_line_that_was_cut_off_is_no_line(tmp_path: Any) -> None:
    kept = Kept(tmp_path / "texts" / "base.jsonl")
    assert kept.texts() == {}
    kept.add({4: Text("Tea\u2028 and 茶", True), 1: Text("", False)})
    kept.add({2: Text("Coffee", True)})
    whole = kept.path.read_bytes()
    for cut in range(len(whole) // 2, len(whole)):
        kept.path.write_bytes(whole[:cut])
        assert set(kept.texts()) in ({4, 1}, set()) or cut == len(whole)
        kept.add({7: Text("Water", True)})
        assert kept.texts()[7] == Text("Water", True)
        assert all(json.loads(line) for line in kept.path.read_text(encoding="utf-8").splitlines())
