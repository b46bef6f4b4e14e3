"""Texts by base and by adapter: same prompts, same decoding, same seed."""

from collections.abc import Sequence

import torch
from tqdm import tqdm
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList

from train.errors import StageError
from train.evaluate.ask import Inputs
from train.evaluate.load import Loaded
from train.evaluate.report import Text, Who
from train.sections import Decoding

# With a 3B Llama, the keys and values of 32 posts of 1,500 tokens take 5.5 GB: a 16 GB GPU has room.
AT_ONCE = 32


def generate(loaded: Loaded, who: Who, asked: Sequence[Inputs]) -> tuple[Text, ...]:
    """One text per request, in the order of the requests."""
    prompts = [_ids(loaded, inputs) for inputs in asked]
    order = sorted(range(len(asked)), key=lambda place: (len(prompts[place]), place))
    written: dict[int, Text] = {}
    torch.manual_seed(loaded.writer.decoding.seed)
    with tqdm(total=len(asked), desc=f"{who} writes", unit="title", disable=None) as bar, loaded.wearing(who):
        for start in range(0, len(order), AT_ONCE):
            places = order[start : start + AT_ONCE]
            texts = _write(loaded, who, [prompts[place] for place in places])
            written |= dict(zip(places, texts, strict=True))
            bar.update(len(places))
    return tuple(written[place] for place in range(len(asked)))


def _ids(loaded: Loaded, inputs: Inputs) -> list[int]:
    prompt = loaded.prompt(inputs)
    ids: list[int] = loaded.tokenizer(prompt, add_special_tokens=False)["input_ids"]
    if len(ids) >= loaded.window:
        title = str(inputs[loaded.writer.message])[:60]
        what = f"The prompt for {title!r} fills all {loaded.window} tokens that the base can read."
        raise StageError(what, fix="shorten the titles or the recipe's prompt, then prepare and tune again")
    return ids


def _write(loaded: Loaded, who: Who, prompts: Sequence[list[int]]) -> list[Text]:
    tokenizer, device = loaded.tokenizer, loaded.model.device
    batch = tokenizer.pad(
        {"input_ids": list(prompts)}, padding=True, padding_side="left", return_tensors="pt"
    ).to(device)
    width = batch["input_ids"].shape[1]
    stops = _stops(loaded)
    with torch.inference_mode():
        rows = loaded.model.generate(
            **batch,
            generation_config=_settings(
                loaded.writer.decoding, loaded.window - width, stops, tokenizer.pad_token_id
            ),
            logits_processor=LogitsProcessorList([_Sound(who, loaded.writer.name)]),
        )
    return [_text(loaded, row[width:].tolist(), stops) for row in rows]


def _text(loaded: Loaded, ids: list[int], stops: Sequence[int]) -> Text:
    end = next((place for place, token in enumerate(ids) if token in stops), None)
    return Text(str(loaded.tokenizer.decode(ids[:end], skip_special_tokens=True)), finished=end is not None)


def _stops(loaded: Loaded) -> list[int]:
    """A base may end its turns with other tokens than the tokenizer's; either one ends a text."""
    known = loaded.model.generation_config.eos_token_id
    stops = {*([known] if isinstance(known, int) else known or []), loaded.tokenizer.eos_token_id}
    return sorted(stop for stop in stops if stop is not None)


def _settings(decoding: Decoding, room: int, stops: list[int], pad: int) -> GenerationConfig:
    """Everything said outright: what is left open, transformers takes from the base's own defaults."""
    sampling = decoding.temperature > 0
    return GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=min(decoding.max_new_tokens, room),
        do_sample=sampling,
        temperature=decoding.temperature if sampling else 1.0,
        top_p=decoding.top_p if sampling else 1.0,
        top_k=0 if sampling else 50,
        repetition_penalty=decoding.repetition_penalty,
        num_beams=1,
        use_cache=True,
        eos_token_id=stops,
        pad_token_id=pad,
    )


class _Sound(LogitsProcessor):
    """Stops at figures that are none; greedy decoding would write on without a word."""

    def __init__(self, who: Who, recipe: str) -> None:
        self.who = who
        self.recipe = recipe

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        if scores.isnan().any():
            raise not_a_number(self.who, self.recipe)
        return scores


def not_a_number(who: Who, recipe: str) -> StageError:
    """The error for a model whose logits are NaN, with what to try."""
    cure = {"base": "--dtype float32", "adapter": "--learning_rate 1e-5"}[who]
    return StageError(
        f"The {who} computes NaN or infinity instead of likelihoods.",
        fix=f"python -m train tune {recipe} {cure}",
    )
