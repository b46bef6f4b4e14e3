"""How llama.cpp knows an architecture: its name, its figures, and the order of its weights' rows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import gguf
import numpy as np

from train.tune.gguf.errors import NoGgufError

Rows = Callable[[Any, str], "np.ndarray | None"]
_BUFFERS = re.compile(r"\.(attn|attention)\.(masked_)?bias$|rotary_emb\.inv_freq$")
_CONV1D = re.compile(r"\.(c_attn|c_proj|c_fc)\.weight$")


@dataclass(frozen=True)
class Architecture:
    """One architecture in llama.cpp's terms."""

    model: gguf.MODEL_ARCH
    activations: frozenset[str]  # what llama.cpp computes; it would not notice another in the config
    ropes: frozenset[str] = frozenset({"default", "linear"})
    rows: Rows = lambda config, module: None  # the order of a module's outputs, if it is another one

    @property
    def name(self) -> str:
        """The name that GGUF files carry."""
        return gguf.MODEL_ARCH_NAMES[self.model]


def head_width(config: Any) -> int:
    """The width of one attention head."""
    return int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)


def _interleaved(config: Any, module: str) -> np.ndarray | None:
    """Queries and keys: transformers turns the halves of a head, ggml neighbours."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    count = heads.get(module.rpartition(".")[2])
    if count is None:
        return None
    width = head_width(config)
    return np.arange(count * width).reshape(count, 2, width // 2).swapaxes(1, 2).ravel()


def _parted(config: Any, module: str) -> np.ndarray | None:
    """GPT-NeoX keeps query, key and value of a head together; llama.cpp wants all queries first."""
    if not module.endswith(".query_key_value"):
        return None
    heads, width = config.num_attention_heads, head_width(config)
    return np.arange(3 * heads * width).reshape(heads, 3, width).swapaxes(0, 1).ravel()


_SILU, _TANH = frozenset({"silu", "swish"}), frozenset({"gelu_new", "gelu_pytorch_tanh", "gelu_fast"})
ARCHITECTURES = {
    "gpt2": Architecture(gguf.MODEL_ARCH.GPT2, _TANH),
    "gpt_neox": Architecture(gguf.MODEL_ARCH.GPTNEOX, _TANH | {"gelu"}, rows=_parted),
    "llama": Architecture(
        gguf.MODEL_ARCH.LLAMA, _SILU, frozenset({"default", "linear", "llama3"}), _interleaved
    ),
    "phi3": Architecture(gguf.MODEL_ARCH.PHI3, _SILU, frozenset({"default", "longrope"})),
    "qwen2": Architecture(gguf.MODEL_ARCH.QWEN2, _SILU),
}


def architecture(config: Any) -> Architecture:
    """What llama.cpp calls this model; refused where it would compute something else."""
    found = ARCHITECTURES.get(config.model_type)
    if found is None:
        raise NoGgufError(f"There is no GGUF for {config.model_type}, only for {', '.join(ARCHITECTURES)}.")
    activation = getattr(config, "hidden_act", None) or config.activation_function
    if activation not in found.activations:
        raise NoGgufError(f"llama.cpp runs {config.model_type} without the activation {activation}.")
    if (rope := rope_type(config)) not in found.ropes:
        raise NoGgufError(f"There is no GGUF for {config.model_type} with the rope scaling {rope}.")
    for switch in ("scale_attn_by_inverse_layer_idx", "use_sliding_window"):
        if getattr(config, switch, False):
            raise NoGgufError(f"llama.cpp runs {config.model_type} without {switch}.")
    return found


def rope_type(config: Any) -> str:
    """How the model stretches its positions; "default" is not at all."""
    return str((getattr(config, "rope_parameters", None) or {}).get("rope_type", "default"))


def is_weight(config: Any, name: str) -> bool:
    """Whether a stored tensor is a weight of its own: no buffer, and no copy of the embeddings."""
    tied = config.tie_word_embeddings and name in ("lm_head.weight", "embed_out.weight")
    return not (tied or _BUFFERS.search(name))


def is_transposed(config: Any, name: str) -> bool:
    """Whether the weight is one of GPT-2's Conv1D layers, stored inputs first."""
    return config.model_type == "gpt2" and bool(_CONV1D.search(name))


def gguf_name(config: Any, name: str) -> str:
    """What llama.cpp calls a tensor."""
    names = _names(architecture(config).model, config.num_hidden_layers)
    found = names.get_name(name, try_suffixes=(".weight", ".bias"))
    if found is None:
        raise NoGgufError(f"llama.cpp has no place for the tensor {name} of {config.model_type}.")
    return found


_names = cache(gguf.get_tensor_name_map)
