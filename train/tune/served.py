"""What vLLM, TGI and llama.cpp ask of an adapter before they load it."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from train.tune.promises import MOST_RANK

TENSOR = re.compile(r"base_model\.model\.(?P<path>[\w.]+\.(?P<leaf>\w+))\.lora_(?P<half>[AB])\.weight")
MUST_BE: dict[str, tuple[Any, ...]] = {  # the other values of PEFT's that mean plain LoRA are listed with it
    "peft_type": ("LORA",),
    "task_type": ("CAUSAL_LM",),
    "bias": ("none",),
    "lora_bias": (False, None),
    "modules_to_save": (None, []),
    "trainable_token_indices": (None,),
    "target_parameters": (None, []),
    "layer_replication": (None,),
    "use_dora": (False, None),
    "use_rslora": (False, None),
    "use_qalora": (False, None),
    "use_bdlora": (None,),
    # PiSSA, OLoRA, CorDA and LoftQ change the base's own weights, which a server has as they were.
    "init_lora_weights": (True, False, None, "gaussian", "eva", "orthogonal", "mica", "lora_ga"),
    "alora_invocation_tokens": (None,),
    "rank_pattern": ({}, None),
    "alpha_pattern": ({}, None),
}


def leaves(targets: Collection[str]) -> list[str]:
    """Layers by their last words, in order; PEFT leaves a set, and of few layers whole paths."""
    return sorted({each.rpartition(".")[2] for each in targets})


def unservable(
    config: Mapping[str, Any], shapes: Mapping[str, Sequence[int]], files: Collection[str]
) -> tuple[str, ...]:
    """Why servers would not load an adapter, from its configuration, its tensors' shapes and its files."""
    settings = [
        f"adapter_config.json says {name}: {config[name]}."
        for name, fine in MUST_BE.items()
        if name in config and config[name] not in fine
    ]
    beside = ["config.json lies beside adapter_config.json."] if "config.json" in files else []
    return (*settings, *_named(config), *_tensors(config, shapes), *beside)


def _named(config: Mapping[str, Any]) -> list[str]:
    targets, rank = config.get("target_modules"), config.get("r", 0)
    flaws = {
        f"Its rank is {rank}; servers have room for {MOST_RANK}.": not 1 <= rank <= MOST_RANK,
        "target_modules is no list of layers' last words.": not isinstance(targets, list)
        or any("." in each for each in targets),
        "It does not name its base.": not config.get("base_model_name_or_path"),
        "It does not name its base's commit.": not config.get("revision"),
    }
    return [flaw for flaw, found in flaws.items() if found]


def _tensors(config: Mapping[str, Any], shapes: Mapping[str, Sequence[int]]) -> list[str]:
    found = {name: TENSOR.fullmatch(name) for name in shapes}
    strangers = [f"{name} is no LoRA weight." for name, match in sorted(found.items()) if not match]
    ours = {name: match for name, match in sorted(found.items()) if match}
    targets = config.get("target_modules") or ()
    halves = {(match["path"], match["half"]) for match in ours.values()}
    lonely = sorted(path for path, half in halves if (path, "B" if half == "A" else "A") not in halves)
    return [
        *([] if shapes else ["It holds no weights."]),
        *strangers,
        *(f"{path} has one half of its LoRA." for path in lonely),
        *(f"{name} is of no target layer." for name, match in ours.items() if match["leaf"] not in targets),
        *(
            f"{name} is not of rank {config.get('r')}."
            for name in ours
            if not _fits(name, shapes[name], config)
        ),
    ]


def _fits(name: str, shape: Sequence[int], config: Mapping[str, Any]) -> bool:
    return len(shape) == 2 and shape[0 if ".lora_A." in name else 1] == config.get("r")
