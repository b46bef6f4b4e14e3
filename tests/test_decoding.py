"""`generation_config.json` beside an adapter: what it says, and that nobody stumbles over it."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests import shapes, toy
from train import recipe as recipes
from train.run import as_json, write_text
from train.sections import Decoding
from train.tune import prompt
from train.tune.decoding import generation

BLOG = recipes.load("blog")


def defaults(**said: Any) -> Any:
    from transformers import GenerationConfig

    return GenerationConfig(**said)  # type: ignore[no-untyped-call]


def read(folder: Path, decoding: Decoding, tokenizer: Any, base: Any) -> Any:
    from transformers import GenerationConfig

    write_text(folder / "generation_config.json", as_json(generation(decoding, tokenizer, base)))
    return GenerationConfig.from_pretrained(folder)


@pytest.mark.parametrize("known", [None, 1, [1, 0]])
def test_text_ends_at_the_token_that_training_ends_with_and_at_the_bases_own(
    known: int | list[int] | None, tmp_path: Path
) -> None:
    tokenizer = shapes.tokenizer("one with words of its own")
    prompt.dress(BLOG, tokenizer)
    ends = read(tmp_path, BLOG.decoding, tokenizer, defaults(eos_token_id=known)).eos_token_id
    others = known if isinstance(known, list) else [known] if known is not None else []
    assert ends[0] == tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert set(ends[1:]) == {each for each in others if each != ends[0]}


@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_the_recipes_decoding_is_what_transformers_reads(temperature: float, tmp_path: Path) -> None:
    decoding = Decoding(max_new_tokens=7, temperature=temperature, top_p=0.8, repetition_penalty=1.1)
    found = read(tmp_path, decoding, toy.tokenizer(), defaults())
    assert (found.do_sample, found.max_new_tokens) == (temperature > 0, 7)
    assert found.repetition_penalty == 1.1
    if temperature:
        assert (found.temperature, found.top_p, found.top_k) == (temperature, 0.8, 0)


@pytest.mark.parametrize("way", ["PeftModel", "AutoPeftModelForCausalLM", "AutoModelForCausalLM"])
def test_an_adapter_with_its_decoding_beside_it_loads_everywhere_and_stops(way: str, tmp_path: Path) -> None:
    import peft
    import transformers

    base, adapter = tmp_path / "base", tmp_path / "adapter"
    toy.base(base)
    auto: Any = transformers.AutoModelForCausalLM
    asks = peft.LoraConfig(r=4, target_modules=["q_proj"], task_type="CAUSAL_LM")
    peft.get_peft_model(auto.from_pretrained(base), asks).save_pretrained(str(adapter))
    tokenizer = toy.tokenizer(adapter)
    found = read(adapter, Decoding(max_new_tokens=9, temperature=0.0), tokenizer, defaults())
    if way == "PeftModel":
        model: Any = peft.PeftModel.from_pretrained(auto.from_pretrained(base), str(adapter))
    else:
        loader: Any = {"AutoModelForCausalLM": auto}.get(way, peft.AutoPeftModelForCausalLM)
        model = loader.from_pretrained(str(adapter))
    ids = torch.tensor([[1, 5, 6]])
    free = model.generate(input_ids=ids, generation_config=found)[0, 3:].tolist()
    found.eos_token_id = [free[0]]
    assert len(free) > 1
    assert model.generate(input_ids=ids, generation_config=found)[0, 3:].tolist() == free[:1]
