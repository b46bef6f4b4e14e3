"""A released writer: base and adapter at their commits, and text that comes word by word."""

import importlib.util
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import torch
from huggingface_hub import hf_hub_download
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, TextIteratorStreamer
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

import form
from form import Asked, Form, Write
from release import HUB, Served, ServingError

ON_ZERO_GPU = bool(os.environ.get("SPACES_ZERO_GPU"))
set_verbosity_error()
disable_progress_bar()
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

    def write(self, asked: Asked) -> Iterator[str]:
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
            stream.end()  # or a failed generation would leave its reader waiting

    def _options(self, prompt_tokens: int) -> dict[str, Any]:
        decoding = self.form.decoding
        room = self._model.config.max_position_embeddings - prompt_tokens
        options = {
            "max_new_tokens": min(decoding.max_new_tokens, room),
            "repetition_penalty": decoding.repetition_penalty,
            "do_sample": decoding.temperature > 0,
        }
        sampling = {"temperature": decoding.temperature, "top_p": decoding.top_p}
        return options | sampling if decoding.temperature > 0 else options

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
        asked_with = form.read(Path(hf_hub_download(adapter, "writer.json", revision=commit)))
        tokenizer = AutoTokenizer.from_pretrained(adapter, revision=commit)
        writer = Writer(asked_with, tokenizer, _model(served))
    except (OSError, ValueError) as error:
        pair = f"{adapter}@{commit[:7]} on {served.base}@{served.base_revision[:7]}"
        reason = str(error).strip().split("\n", 1)[0]
        raise ServingError(f"{pair} cannot be loaded from {HUB}: {reason}") from error
    writer.check()
    return writer


def _model(served: Served) -> Any:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    base = AutoModelForCausalLM.from_pretrained(
        served.base, revision=served.base_revision, dtype=torch.bfloat16, **_precision(device)
    )
    # ZeroGPU has no GPU yet while it loads, so the adapter must not be sent to one by itself.
    model = PeftModel.from_pretrained(
        base, served.adapter, revision=served.adapter_revision, torch_device="cpu"
    )
    return model.to(device).eval()


def _precision(device: str) -> dict[str, Any]:
    """4 bits as in training, which on a CPU is also the quickest; ZeroGPU cannot quantise while it loads."""
    if ON_ZERO_GPU or not importlib.util.find_spec("bitsandbytes"):
        return {}
    nf4 = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    return {"quantization_config": nf4, "device_map": {"": device}}
