"""transformers and peft: on a GPU, one that is lent, or a CPU over the same 4 bits as in training."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import numpy as np
import torch
from peft import PeftConfig, PeftModel
from safetensors.torch import load_file
from torch import Tensor
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from engines import straight, weights
from engines.cache import Cache
from engines.heads import Heads
from engines.lean import lighten
from engines.model import Adapter, Base, LeftError, Logits, OutOfMemoryError, Prompt

CHUNK = 256  # tokens of a prompt read at once: the sums for all pairs of a long one need much memory
Result = TypeVar("Result")
set_verbosity_error()  # type: ignore[no-untyped-call]
disable_progress_bar()  # type: ignore[no-untyped-call]


class PytorchModel:
    """A base in memory, adapters injected into it, and what has been read of each row."""

    def __init__(self, base: Base) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        trained = weights.in_bits(base.quantisation)
        bits = trained if weights.quick(self._device) else None
        self._base = _guarded(lambda: weights.loaded(base, bits, self._device))
        short = self._device.type == "cpu" and straight.fits(self._base)
        self._straight = _guarded(lambda: weights.straight(self._base, trained)) if short else None
        self._peft: PeftModel | None = None
        self._worn = ""  # the key of the adapter that is switched on
        self._rows: list[str] = []  # the key of each row's adapter
        self._cache = Cache(self._device)
        self._heads: Heads[Cache] = Heads()
        width = weights.width(self._base, bits, trained if short else None)
        self.name = f"transformers, {width}, on {weights.hardware(self._device)}"

    def load(self, adapter: Adapter) -> None:
        """Inject an adapter beside those that are there."""
        _guarded(lambda: self._inject(adapter))

    def drop(self, key: str) -> None:
        """Take an adapter out again."""
        self._heads.drop(key)
        if self._peft is None:
            return
        if self._worn == key:
            self._wear(next(name for name in self._peft.peft_config if name != key))
        self._peft.delete_adapter(key)
        if self._straight:
            self._straight.forget(key)

    def join(self, prompts: Sequence[Prompt], wanted: Callable[[], bool] = lambda: True) -> Logits:
        """Read new rows, one after another: beside others a prompt could be read a little differently."""
        read = [_guarded(partial(self._read, each, wanted)) for each in prompts]
        for prompt, (cache, _) in zip(prompts, read, strict=True):
            self._take(cache, prompt.adapter)
        return np.concatenate([logits for _, logits in read])

    def step(self, tokens: Sequence[int]) -> Logits:
        """One more token in each row."""
        ids = torch.tensor(tokens, device=self._device)[:, None]
        return _guarded(lambda: self._forward(self._cache, ids, self._rows))

    def keep(self, live: Sequence[int]) -> None:
        """Let the other rows go."""
        self._rows = [self._rows[at] for at in live]
        if live:
            self._cache.keep(live)
        else:
            self._cache = Cache(self._device)

    def _inject(self, adapter: Adapter) -> None:
        config = PeftConfig.from_pretrained(str(adapter.folder))
        if self._peft is None:
            self._peft = PeftModel(self._base, config, adapter.key, low_cpu_mem_usage=True)
            self._worn = adapter.key
        else:
            self._peft.add_adapter(adapter.key, config, low_cpu_mem_usage=True)
        try:
            self._fill(self._peft, adapter)
        except ValueError:
            self._take_out(adapter.key)
            raise
        self._peft.eval()  # an added adapter comes with training's dropout on
        if self._device.type == "cpu":
            lighten(self._peft)
        if self._straight:
            self._straight.learn(adapter.key, self._peft)
        self._wear(adapter.key)

    def _take_out(self, key: str) -> None:
        """An adapter that is not worn; with the only one, all that peft has put around the base."""
        peft: Any = self._peft
        if len(peft.peft_config) > 1:
            peft.delete_adapter(key)
        else:
            peft.unload()
            self._peft, self._worn = None, ""

    @staticmethod
    def _fill(peft: PeftModel, adapter: Adapter) -> None:
        """Give an adapter its weights; peft's own way would have bitsandbytes repack all of the base's."""
        read, middle = load_file(adapter.folder / "adapter_model.safetensors"), f".{adapter.key}."
        own = {name: weight for name, weight in peft.named_parameters() if middle in name}
        if {name.replace(middle, ".") for name in own} != read.keys():
            raise ValueError("its weights have other names than its adapter_config.json says.")
        for name, weight in own.items():
            found = read[name.replace(middle, ".")].to(peft.device, weight.dtype)
            if found.shape != weight.shape:
                raise ValueError("its weights have other sizes than its adapter_config.json says.")
            module, _, short = name.rpartition(".")
            setattr(peft.get_submodule(module), short, torch.nn.Parameter(found, requires_grad=False))

    def _read(self, prompt: Prompt, wanted: Callable[[], bool]) -> tuple[Cache, Logits]:
        cache = self._begun(prompt, wanted) if prompt.head else Cache(self._device)
        return cache, self._put(cache, prompt.ids[prompt.head :], prompt.adapter, wanted)

    def _begun(self, prompt: Prompt, wanted: Callable[[], bool]) -> Cache:
        """A row that has read its prompt's head."""
        read = self._heads.of(prompt)
        if read is None:
            read = Cache(self._device)
            self._put(read, prompt.ids[: prompt.head], prompt.adapter, wanted)
            self._heads.keep(prompt, read)
        return read.copy()

    def _put(self, cache: Cache, ids: Sequence[int], key: str, wanted: Callable[[], bool]) -> Logits:
        """Put tokens behind a row; what may come next."""
        read = torch.tensor([ids], device=self._device)
        for at in range(0, len(ids), CHUNK):
            if not wanted():
                raise LeftError
            logits = self._forward(cache, read[:, at : at + CHUNK], [key])
        return logits

    def _take(self, cache: Cache, key: str) -> None:
        if self._rows:
            _guarded(lambda: self._cache.joined(cache))
        else:
            self._cache = cache
        self._rows.append(key)

    @torch.inference_mode()
    def _forward(self, cache: Cache, ids: Tensor, keys: Sequence[str]) -> Logits:
        if self._straight and self._straight.knows(keys):
            said: Logits = self._straight(cache, ids, keys).float().numpy()
            return said
        places, mask = cache.reads(ids.shape[1])
        answer = self._wearing(
            keys,
            input_ids=ids,
            attention_mask=mask,
            position_ids=places,
            past_key_values=cache.past,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: Logits = answer.logits[:, -1].float().cpu().numpy()
        return logits

    def _wearing(self, keys: Sequence[str], **asked: Any) -> Any:
        """The model's answer with each row's adapter; rows of one kind go the quicker way."""
        if self._peft is None:
            return self._base(**asked)
        if len(set(keys)) == 1:
            self._wear(keys[0])
            return self._base(**asked)
        self._wear(self._worn or next(filter(None, keys)))
        return self._peft(**asked, adapter_names=[key or "__base__" for key in keys])

    def _wear(self, key: str) -> None:
        """Switch one adapter on, or all of them off; it takes milliseconds, so only if need be."""
        if key == self._worn or self._peft is None:
            return
        tuner: Any = self._peft.base_model
        if key and not self._worn:
            tuner.enable_adapter_layers()
        if key:
            self._peft.set_adapter(key)
        else:
            tuner.disable_adapter_layers()
        self._worn = key


def _guarded(work: Callable[[], Result]) -> Result:
    """What `work` gives; whatever PyTorch says when memory does not last becomes one error."""
    try:
        return work()
    except (MemoryError, RuntimeError) as error:
        short = isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate" in str(error)
        if not short:
            raise
    # Only here has the failed work let go of what it held.
    with suppress(RuntimeError):
        torch.cuda.empty_cache()
    raise OutOfMemoryError
