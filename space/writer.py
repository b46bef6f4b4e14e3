"""A released writer: base and adapter at their commits, and text that comes word by word."""

import importlib.util
import json
import os
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import torch
from huggingface_hub import hf_hub_download
from huggingface_hub.utils.logging import set_verbosity_error as quiet_hub
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, TextIteratorStreamer
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

import form
from form import Asked, Form, Write
from release import HUB, Served, ServingError

SMALL = 20_000_000  # weights; below, a second thread costs more than it does
ON_ZERO_GPU = bool(os.environ.get("SPACES_ZERO_GPU"))
quiet_hub()  # type: ignore[no-untyped-call]
set_verbosity_error()  # type: ignore[no-untyped-call]
disable_progress_bar()  # type: ignore[no-untyped-call]
# Before any model: on ZeroGPU this package stands in for the GPU that a text is lent later.
SPACES: Any = importlib.import_module("spaces") if importlib.util.find_spec("spaces") else None


class Writer:
    """Base, adapter and tokenizer in memory, ready to write."""

    def __init__(self, form: Form, tokenizer: Any, model: Any) -> None:
        self.form = form
        self._tokenizer = tokenizer
        self._model = model
        self._worker = ThreadPoolExecutor(1)  # one text at a time: they share a model and a random state
        self._stop = Event()

    def write(self, asked: Asked) -> Generator[str, None, None]:
        """The text so far, again each time it has grown; closing the iterator stops the model."""
        self._stop = stop = Event()
        stream = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        work = self._worker.submit(self._generate, asked, stream, stop)
        text = ""
        try:
            for piece in filter(None, stream):
                text += piece
                yield text
            work.result()
        finally:
            stop.set()

    def stop(self) -> None:
        """End the text in work after its current token."""
        self._stop.set()

    def check(self) -> None:
        """Refuse a tokenizer that turns a recorded request into other ids than training saw."""
        for golden in self.form.golden:
            if tuple(self._ids(golden.inputs)) != golden.ids:
                title = golden.inputs[self.form.message]
                raise ServingError(f"The prompt for {title!r} is not the one that training saw: not serving.")

    def _generate(self, asked: Asked, stream: TextIteratorStreamer, stop: Event) -> None:
        try:
            ids = torch.tensor([self._ids(asked)], device=self._model.device)
            torch.manual_seed(self.form.decoding.seed)
            self._model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                streamer=stream,
                stopping_criteria=[
                    lambda rows, _: torch.full((len(rows),), stop.is_set(), device=rows.device)
                ],
                **self._options(ids.shape[1]),
            )
        finally:
            stream.on_finalized_text("", stream_end=True)  # or its reader would wait for a failed generation

    def _options(self, prompt_tokens: int) -> dict[str, Any]:
        """As evaluation decodes; what is left unsaid, transformers takes from the base's own defaults."""
        decoding = self.form.decoding
        sampling = decoding.temperature > 0
        room = self._model.config.max_position_embeddings - prompt_tokens
        return {
            "max_new_tokens": min(decoding.max_new_tokens, room),
            "repetition_penalty": decoding.repetition_penalty,
            "do_sample": sampling,
            "temperature": decoding.temperature if sampling else 1.0,
            "top_p": decoding.top_p if sampling else 1.0,
            "top_k": 0 if sampling else 50,
            "eos_token_id": self._stops(),
            "pad_token_id": self._tokenizer.pad_token_id or self._tokenizer.eos_token_id,
        }

    def _stops(self) -> list[int]:
        """A base may end its turns with other tokens than the tokenizer's; either one ends a text."""
        known = self._model.generation_config.eos_token_id
        stops = {*([known] if isinstance(known, int) else known or []), self._tokenizer.eos_token_id}
        return sorted(stop for stop in stops if stop is not None)

    def _ids(self, asked: Asked) -> list[int]:
        others = {name: value for name, value in asked.items() if name != self.form.message}
        turn = [{"role": "user", "content": asked[self.form.message]}]
        ids = self._tokenizer.apply_chat_template(
            turn, add_generation_prompt=True, return_dict=False, sanitize_control_tokens=True, **others
        )
        return [int(each) for each in ids]


def on_lent_gpu(write: Write) -> Write:
    """`write` with a GPU while it runs, where Hugging Face lends one; itself elsewhere."""
    return SPACES.GPU(duration=120)(write) if SPACES else write


def load(served: Served) -> Writer:
    """The writer at its commits, in evaluation mode, its prompt checked against training's."""
    adapter, commit = served.adapter, served.adapter_revision
    try:
        asked_with = form.read(_downloaded(served, "writer.json"))
        tokenizer = AutoTokenizer.from_pretrained(adapter, revision=commit)
        writer = Writer(asked_with, tokenizer, _model(served))
    except (OSError, ValueError) as error:
        pair = f"{adapter}@{commit[:7]} on {served.base}@{served.base_revision[:7]}"
        reason = str(error).strip().split("\n", 1)[0]
        raise ServingError(f"{pair} cannot be loaded from {HUB}: {reason}") from error
    writer.check()
    return writer


def _downloaded(served: Served, name: str) -> Path:
    return Path(hf_hub_download(served.adapter, name, revision=served.adapter_revision))


def _model(served: Served) -> Any:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    base = AutoModelForCausalLM.from_pretrained(
        served.base,
        revision=served.base_revision,
        dtype=torch.bfloat16,
        quantization_config=_quantised(json.loads(_downloaded(served, "training.json").read_bytes())),
        device_map={"": "cpu" if ON_ZERO_GPU else device},
    )
    if base.num_parameters() < SMALL:
        torch.set_num_threads(1)
    # Left alone, peft sends an adapter to a GPU that ZeroGPU does not have before a text is asked for.
    model = PeftModel.from_pretrained(
        base, served.adapter, revision=served.adapter_revision, torch_device="cpu"
    )
    return model.to(device).eval()


def _quantised(training: dict[str, Any]) -> BitsAndBytesConfig | None:
    """4 bits if training had them, which on a CPU is also the quickest; ZeroGPU cannot quantise at start."""
    options = training["options"]
    if ON_ZERO_GPU or not options.get("load_in_4bit"):
        return None
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type=options.get("bnb_4bit_quant_type", "nf4"),
        bnb_4bit_use_double_quant=options.get("use_bnb_nested_quant", False),
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
