"""A recipe at the size of the embedded base: what a rehearsal changes in it, and nothing else."""

import json
from dataclasses import asdict, replace

import yaml

from train.recipe import Recipe
from train.sections import Decoding, Gate, Input, Option, Publish, Source, Split

ACCOUNT = "rehearsal"
BASE = f"{ACCOUNT}/tiny-llama"
POSTS = f"{ACCOUNT}/sample-posts"
CHATS = f"{ACCOUNT}/sample-chats"
WORDS = (80, 160)  # the word limits the embedded corpus is written to
NOTE = (
    "This is a rehearsal: a model of a million weights, trained on sentences from a small grammar. "
    "It shows that the release works, and writes nothing worth reading."
)
TUNE: dict[str, Option] = {
    "load_in_4bit": True,
    "use_bnb_nested_quant": True,
    "dtype": "float32",
    "lora_r": 16,
    "lora_alpha": 32,
    "lora_dropout": 0.0,
    "lora_target_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    "max_length": 512,
    "packing": True,
    "per_device_train_batch_size": 2,
    "gradient_accumulation_steps": 1,
    "activation_checkpointing": False,
    "learning_rate": 3.0e-3,
    "lr_scheduler_type": "cosine",
    "warmup_steps": 10,
    "max_steps": 220,
    "logging_steps": 10,
    "use_cpu": True,
    "bf16": False,
    "dataloader_pin_memory": False,
    "seed": 42,
}
GATE: dict[str, float | None] = {  # a million weights say little, and say it often
    "words_under_limit": None,
    "length": None,
    "repetition": 0.30,
    "repetition_worst": 0.50,
    "repetition_most": 0.80,
    "retrieval": 0.30,  # trained on answers to other titles it would find one in fifty
    "kept": None,
    "length_kept": None,
    "chrf": None,
    "copied_words": None,  # one grammar wrote training and held-out texts alike
    "copied_share": None,
    "extracted": None,
}


def scaled(
    recipe: Recipe, base_revision: str, sources: tuple[Source, ...], examples: tuple[str, ...]
) -> Recipe:
    """The same recipe on the embedded base and corpus, published under the rehearsal's account."""
    name = recipe.name
    return replace(
        recipe,
        publish=Publish(
            dataset=f"{ACCOUNT}/{name}-dataset",
            adapter=f"{ACCOUNT}/{name}-adapter",
            space=f"{ACCOUNT}/{name}-space",
            dataset_license="mit",
            adapter_license="mit",
            private=False,
        ),
        sources=sources,
        inputs=recipe.inputs
        | {recipe.message: replace(recipe.inputs[recipe.message], examples=examples)}
        | {name: _small(each) for name, each in recipe.inputs.items() if name == "words"},
        split=Split(validation=0.05, test=0.07, leakage=1.0),  # 50 titles; one grammar wrote it all
        keep=replace(recipe.keep, words=(min(20, recipe.keep.words[0]), 400)),
        gate=_eased(recipe.gate),
        notes=(NOTE, *recipe.notes),
        decoding=Decoding(max_new_tokens=320, temperature=0.0),
        tune={"model_name_or_path": BASE, "model_revision": base_revision} | TUNE,
    )


def _eased(gate: Gate) -> Gate:
    """Form, limit and cost of unseen texts are asked for as ever; sense, as far as this base has any."""
    eased = {name: value for name, value in GATE.items() if getattr(gate, name) is not None}
    return replace(gate, contractions=False, nearest=False, **eased)  # type: ignore[arg-type]


def _small(words: Input) -> Input:
    return replace(words, choices=WORDS, default=WORDS[-1])


def as_yaml(recipe: Recipe) -> str:
    """The recipe as a file that `train.recipe.load` reads back to the same value."""
    plain = json.loads(json.dumps(asdict(recipe)))
    note = f"# {recipe.name}, scaled to the embedded base by a rehearsal\n"
    return note + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
