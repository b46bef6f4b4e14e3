"""A recipe at the size of the embedded base: what a rehearsal changes in it, and nothing else."""

import json
from dataclasses import asdict, replace

import yaml

from train.evaluate.kinds import of_built, of_pairs
from train.recipe import Recipe
from train.rehearse.promises import of_form
from train.sections import BaseGguf, Decoding, Gate, Input, Option, Publish, Source, Split

ACCOUNT = "rehearsal"
LLAMA, GPT2, DIALOGUE = (f"{ACCOUNT}/tiny-{name}" for name in ("llama", "gpt2", "dialogpt"))
SPACE = f"{ACCOUNT}/writers"  # one for all that is rehearsed: each is a tab of it
POSTS = f"{ACCOUNT}/sample-posts"
CHATS = f"{ACCOUNT}/sample-chats"
WORDS = (80, 160)  # the word limits the embedded corpus is written to
NOTE = (
    "This is a rehearsal: a model of a million weights, trained on sentences from a small grammar. "
    "It shows that the release works, and writes nothing worth reading."
)
TUNE: dict[str, Option] = {  # sizes and steps; the method stays the recipe's own
    "dtype": "float32",
    "max_length": 512,
    "per_device_train_batch_size": 2,
    "gradient_accumulation_steps": 1,
    "activation_checkpointing": False,
    "learning_rate": 3.0e-3,
    "warmup_steps": 10,
    "max_steps": 220,
    "logging_steps": 10,
    "use_cpu": True,
    "bf16": False,
    "dataloader_pin_memory": False,
}
UNPACKED = 8  # texts a step, where a window holds one
JUDGED = 55  # steps between two looks at the validation texts, where a recipe takes any
GATE: dict[str, float | None] = {  # a million weights and one grammar: what they cannot be asked
    "repetition": 0.10,
    "repetition_worst": 0.30,
    "kept": None,
    "length_kept": None,
    "copied_words": None,  # the same sentences stand in training and in held-out texts
    "copied_share": None,
    "extracted": None,
}


def scaled(
    recipe: Recipe,
    base_revision: str,
    sources: tuple[Source, ...],
    examples: tuple[str, ...],
    base_gguf: BaseGguf | None = None,
) -> Recipe:
    """The same recipe on the embedded base and corpus, published under the rehearsal's account."""
    return replace(
        recipe,
        language="en",  # as the embedded corpora are
        publish=_published(recipe.name, base_gguf),
        sources=sources,
        inputs=recipe.inputs
        | {recipe.message: replace(recipe.inputs[recipe.message], examples=examples)}
        | {name: _small(each) for name, each in recipe.inputs.items() if name == "words"},
        split=Split(validation=0.05, test=0.07, leakage=1.0),  # 50 titles; one grammar wrote it all
        keep=replace(recipe.keep, words=(min(20, recipe.keep.words[0]), 400)),
        gate=_eased(recipe.gate),
        notes=(NOTE, *recipe.notes),
        decoding=Decoding(max_new_tokens=320, temperature=0.0),
        tune=_tune(recipe) | {"model_name_or_path": base_of(recipe), "model_revision": base_revision},
    )


def _published(name: str, base_gguf: BaseGguf | None) -> Publish:
    return Publish(
        dataset=f"{ACCOUNT}/{name}-dataset",
        adapter=f"{ACCOUNT}/{name}-adapter",
        space=SPACE,
        dataset_license="mit",
        adapter_license="mit",
        private=False,
        base_gguf=base_gguf,
    )


def base_of(recipe: Recipe) -> str:
    """The embedded base that is built as the recipe's own base is, if that can learn what is asked."""
    if of_pairs(recipe):
        return DIALOGUE  # it has said sentences again
    if of_built(recipe) or of_form(recipe):
        return LLAMA  # it has written posts
    return GPT2 if _is_gpt(recipe) else LLAMA


def _is_gpt(recipe: Recipe) -> bool:
    return "gpt" in recipe.base.lower()


def _tune(recipe: Recipe) -> dict[str, Option]:
    looks: dict[str, Option] = {name: JUDGED for name in ("eval_steps", "save_steps") if name in recipe.tune}
    batch: dict[str, Option] = {"per_device_train_batch_size": UNPACKED}
    layers: dict[str, Option] = {"lora_target_modules": "all-linear"}  # each architecture names its own
    other = layers if _is_gpt(recipe) != (base_of(recipe) in (GPT2, DIALOGUE)) else {}
    return recipe.tune | TUNE | looks | other | ({} if recipe.tune.get("packing") else batch)


def _eased(gate: Gate) -> Gate:
    """What is asked of a recipe, as far as the embedded base can be asked it."""
    eased = {name: value for name, value in GATE.items() if getattr(gate, name) is not None}
    return replace(gate, **eased)  # type: ignore[arg-type]


def _small(words: Input) -> Input:
    return replace(words, choices=WORDS, default=WORDS[-1])


def as_yaml(recipe: Recipe) -> str:
    """The recipe as a file that `train.recipe.load` reads back to the same value."""
    plain = json.loads(json.dumps(asdict(recipe)))
    note = f"# {recipe.name}, scaled to the embedded base by a rehearsal\n"
    return note + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
