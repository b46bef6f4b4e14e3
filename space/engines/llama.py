"""llama.cpp: a base as GGUF on the CPU, with adapters that are GGUF as well."""

import ctypes
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import llama_cpp as cpp  # type: ignore[import-not-found, unused-ignore]
import numpy as np

from engines import pages
from engines.cores import cores
from engines.eight_bits import in_8_bits
from engines.heads import Heads
from engines.model import Adapter, Base, LeftError, Logits, OutOfMemoryError, Prompt

CHUNK = 256  # tokens that are read at once
EXACT = ("f32", "f16", "bf16")  # bases that no weight was rounded in
BF16 = 30  # GGML's number for a type that llama-cpp-python does not name
State = ctypes.Array[ctypes.c_uint8]
NO_SLOT = 1  # of `llama_decode`: the memory for what was read is full


@cpp.llama_log_callback  # type: ignore[untyped-decorator, unused-ignore]
def _silent(level: int, text: bytes, data: ctypes.c_void_p) -> None:
    """It writes pages about every model to stderr."""


class LlamaModel:
    """A base in memory, its weights turned for this processor or not; each row is a sequence of its own."""

    def __init__(self, base: Base, rows: int, turned: bool = False) -> None:
        cpp.llama_log_set(_silent, ctypes.c_void_p())
        cpp.llama_backend_init()
        self._model = _model(base, turned)
        pages.enlarge()
        self._context = _context(self._model, base.context, rows)
        self._memory = cpp.llama_get_memory(self._context)
        self._words = cpp.llama_vocab_n_tokens(cpp.llama_model_get_vocab(self._model))
        self._batch = cpp.llama_batch_init(max(CHUNK, rows), 0, 1)
        self._adapters: dict[str, Any] = {}
        self._heads: Heads[State] = Heads()
        self._worn = ""
        self._free = list(range(rows))[::-1]
        self._rows: list[_Row] = []
        self.name = f"llama.cpp, {_precision(self._model)}, on a CPU"

    def load(self, adapter: Adapter) -> None:
        """Read an adapter's GGUF beside those that are there, no finer than the base."""
        path = adapter.folder / "adapter.gguf"
        with TemporaryDirectory() as folder:
            read = _coarser(path, Path(folder)) if _rounded(self._model) else path
            loaded = cpp.llama_adapter_lora_init(self._model, str(read).encode())
        if not loaded:
            raise ValueError(f"llama.cpp does not take its {path.name}.")
        self._adapters[adapter.key] = loaded

    def drop(self, key: str) -> None:
        """Free an adapter."""
        self._wear("")
        self._heads.drop(key)
        cpp.llama_adapter_lora_free(self._adapters.pop(key))

    def join(self, prompts: Sequence[Prompt], wanted: Callable[[], bool] = lambda: True) -> Logits:
        """Read new rows, one after another: a prompt fills the machine by itself."""
        new = [_Row(self._free.pop(), prompt.adapter) for prompt in prompts]
        try:
            logits = [self._read(row, each, wanted) for row, each in zip(new, prompts, strict=True)]
        except (OutOfMemoryError, LeftError):
            self._forget(new)
            raise
        self._rows += new
        return np.stack(logits)

    def step(self, tokens: Sequence[int]) -> Logits:
        """One more token in each row; rows with one adapter go together."""
        logits = np.empty((len(tokens), self._words), np.float32)
        for key in sorted({row.adapter for row in self._rows}):
            places = [at for at, row in enumerate(self._rows) if row.adapter == key]
            places.sort(key=lambda at: self._rows[at].sequence)  # else llama.cpp takes them one by one
            self._wear(key)
            logits[places] = self._decode([(self._rows[at], tokens[at], True) for at in places])
        return logits

    def keep(self, live: Sequence[int]) -> None:
        """Let the other rows go."""
        self._forget([row for at, row in enumerate(self._rows) if at not in set(live)])
        self._rows = [self._rows[at] for at in live]

    def _read(self, row: "_Row", prompt: Prompt, wanted: Callable[[], bool]) -> Logits:
        self._wear(row.adapter)
        if prompt.head:
            self._begin(row, prompt, wanted)
        return self._put(row, prompt.ids[prompt.head :], wanted)

    def _begin(self, row: "_Row", prompt: Prompt, wanted: Callable[[], bool]) -> None:
        """Have a row read its prompt's head, or copy what another one has read of it."""
        read = self._heads.of(prompt)
        if read is None:
            self._put(row, prompt.ids[: prompt.head], wanted)
            self._heads.keep(prompt, self._state(row))
        elif not cpp.llama_state_seq_set_data(self._context, read, len(read), row.sequence):
            raise OutOfMemoryError
        row.read = prompt.head

    def _state(self, row: "_Row") -> State:
        """All that a row has read."""
        state: State = (ctypes.c_uint8 * cpp.llama_state_seq_get_size(self._context, row.sequence))()
        cpp.llama_state_seq_get_data(self._context, state, len(state), row.sequence)
        return state

    def _put(self, row: "_Row", ids: Sequence[int], wanted: Callable[[], bool]) -> Logits:
        """Put tokens behind a row; what may come next."""
        for at in range(0, len(ids), CHUNK):
            if not wanted():
                raise LeftError
            chunk = ids[at : at + CHUNK]
            last = at + len(chunk) == len(ids)
            asked = [last and place == len(chunk) - 1 for place in range(len(chunk))]
            logits = self._decode([(row, *each) for each in zip(chunk, asked, strict=True)])
        found: Logits = logits[0]
        return found

    def _decode(self, tokens: "Sequence[tuple[_Row, int, bool]]") -> Logits:
        """Put tokens behind their rows; what may come next where that is asked for."""
        batch = self._batch
        batch.n_tokens = len(tokens)
        for at, (row, token, asked) in enumerate(tokens):
            batch.token[at], batch.pos[at], batch.logits[at] = token, row.read, asked
            batch.n_seq_id[at], batch.seq_id[at][0] = 1, row.sequence
            row.read += 1
        said = cpp.llama_decode(self._context, batch)
        if said in (NO_SLOT, -2):
            raise OutOfMemoryError
        if said:
            raise RuntimeError(f"llama.cpp cannot go on: {said}.")
        wanted = [at for at, (_, _, asked) in enumerate(tokens) if asked]
        logits = np.empty((len(wanted), self._words), np.float32)
        for row, at in zip(logits, wanted, strict=True):
            row[:] = np.ctypeslib.as_array(cpp.llama_get_logits_ith(self._context, at), (self._words,))
        return logits

    def _wear(self, key: str) -> None:
        if key == self._worn:
            return
        worn: list[Any] = [self._adapters[key]] if key else []
        pointers = (cpp.llama_adapter_lora_p_ctypes * len(worn))(*worn)
        scales = (ctypes.c_float * len(worn))(*[1.0] * len(worn))
        cpp.llama_set_adapters_lora(self._context, pointers, len(worn), scales)
        self._worn = key

    def _forget(self, rows: "Sequence[_Row]") -> None:
        for row in rows:
            cpp.llama_memory_seq_rm(self._memory, row.sequence, -1, -1)
            self._free.append(row.sequence)
        self._free.sort(reverse=True)  # only rows whose numbers follow each other go together


class _Row:
    def __init__(self, sequence: int, adapter: str) -> None:
        self.sequence, self.adapter, self.read = sequence, adapter, 0


def _model(base: Base, turned: bool) -> Any:
    settings = cpp.llama_model_default_params()
    settings.n_gpu_layers = 0
    settings.use_extra_bufts = turned
    model = cpp.llama_model_load_from_file(str(base.gguf).encode(), settings)
    if not model:
        raise ValueError(f"llama.cpp cannot read {base.gguf}.")
    return model


def _context(model: Any, tokens: int, rows: int) -> Any:
    settings = cpp.llama_context_default_params()
    settings.n_ctx, settings.n_seq_max, settings.n_batch, settings.n_ubatch = (
        tokens * rows,
        rows,
        CHUNK,
        CHUNK,
    )
    if _rounded(model):
        settings.type_k = settings.type_v = BF16  # in float16 it would sum up in float16, too, and slowly
    settings.n_threads = settings.n_threads_batch = cores(cpp.llama_model_n_params(model))
    context = cpp.llama_init_from_model(model, settings)
    if not context:
        raise OutOfMemoryError
    return context


def _coarser(path: Path, folder: Path) -> Path:
    """An adapter's GGUF in 8 bits; as it is if that cannot be."""
    try:
        written = in_8_bits(path)
    except (ValueError, struct.error):
        return path
    coarse = folder / path.name
    coarse.write_bytes(written)
    return coarse


def _rounded(model: Any) -> bool:
    return _precision(model) not in EXACT


def _precision(model: Any) -> str:
    text = ctypes.create_string_buffer(256)
    cpp.llama_model_desc(model, text, len(text))
    return text.value.decode().rsplit(" ", 1)[-1].lower()
