"""What the weights themselves say: whose they are, whether they do anything, who can serve them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from train.release.doctor.diagnosis import Diagnosis
from train.release.doctor.patient import CONFIG, WEIGHTS, Patient
from train.tune.promises import MOST_RANK
from train.tune.served import TENSOR, leaves, unservable

VOCABULARY = ("embed_tokens", "lm_head", "wte", "embed_in", "embed_out", "embed")
AGAIN = "train it again with "


def weights(patient: Patient) -> Iterator[Diagnosis]:
    """Everything wrong with the tensors, each thing once."""
    if not patient.config or not patient.tensors:
        return
    halves = _Halves.of(patient)
    yield from _grown(patient)
    yield from _worth(patient, halves)
    yield from _strange(patient, halves)
    yield from _rank(patient)
    yield from _unservable(patient, halves)


@dataclass(frozen=True)
class _Halves:
    """LoRA's two small matrices, by the layer they belong to."""

    down: Mapping[str, Sequence[int]]  # layer -> shape of A
    up: Mapping[str, Sequence[int]]
    names: Sequence[str]

    @classmethod
    def of(cls, patient: Patient) -> "_Halves":
        found = {name: match for name in patient.tensors if (match := TENSOR.fullmatch(name))}
        shapes = {
            half: {
                match["path"]: patient.tensors[name].shape
                for name, match in found.items()
                if match["half"] == half
            }
            for half in "AB"
        }
        return cls(shapes["A"], shapes["B"], sorted(found))


def _is_vocabulary(name: str) -> bool:
    return any(part in VOCABULARY for part in name.split("."))


def _grown(patient: Patient) -> Iterator[Diagnosis]:
    """Tokens were added, and the embeddings with them."""
    whole = sorted(name for name in patient.tensors if _is_vocabulary(name) and ".lora_" not in name)
    known = int((patient.base.config if patient.base else {}).get("vocab_size", 0))
    if whole or patient.config.get("trainable_token_indices"):
        size = (
            f" ({patient.tensors[whole[0]].shape[0]} rows; the base has {known})" if whole and known else ""
        )
        yield Diagnosis(
            "resized-embeddings",
            f"It brings embeddings of its own{size}: servers refuse them, and other bases do not fit.",
            f"{AGAIN}the base's own tokens, and without save_embedding_layers and modules_to_save",
        )
    elif known and patient.vocabulary > known:
        yield Diagnosis(
            "resized-embeddings",
            f"Its tokenizer has {patient.vocabulary} tokens, the base {known}: the new ones have no weights.",
            f"{AGAIN}the base's own tokens",
        )


def _worth(patient: Patient, halves: _Halves) -> Iterator[Diagnosis]:
    """An adapter that gives no numbers, or the base's own."""
    broken = sorted(name for name, tensor in patient.tensors.items() if not tensor.is_finite)
    if broken:
        yield Diagnosis(
            "no-numbers",
            f"{broken[0]} holds values that are no numbers: every text it writes is noise.",
            f"{AGAIN}a lower learning rate, and look at the loss",
        )
        return
    products = [
        [tensor for name, tensor in patient.tensors.items() if f".{path}.lora_" in name] for path in halves.up
    ]
    if not patient.config.get("lora_alpha") or (
        products and all(any(half.is_zero for half in layer) for layer in products)
    ):
        why = "" if patient.config.get("lora_alpha") else ", for lora_alpha is 0"
        yield Diagnosis(
            "inert",
            f"It changes nothing: each layer's product is zero{why}.",
            f"{AGAIN}more steps; if it was trained, save it after training, not before",
        )


def _strange(patient: Patient, halves: _Halves) -> Iterator[Diagnosis]:
    """Layers that the base does not have, or has in another size."""
    shapes = patient.base.shapes if patient.base else {}
    if not shapes or not halves.down:
        return
    mine = {path: found for path in halves.down if (found := _of_base(path, shapes))}
    missing = sorted(halves.down.keys() - mine.keys())
    if missing:
        yield Diagnosis(
            "not-the-bases-layers",
            f"{len(missing)} of its {len(halves.down)} layers are none of the base's ({missing[0]}): "
            "they are passed over in silence.",
            f"write the base it was trained on into {CONFIG}",
        )
        return
    odd = sorted(path for path, shape in mine.items() if halves.down[path][-1] not in shape)
    if odd and not _is_quantised(patient):
        yield Diagnosis(
            "not-the-bases-layers",
            f"{odd[0]} takes {halves.down[odd[0]][-1]} numbers, the base's layer {mine[odd[0]][-1]}: "
            "it was trained on another base.",
            f"write the base it was trained on into {CONFIG}",
        )


def _is_quantised(patient: Patient) -> bool:
    """A base that is stored in 4 bits has its weights in other shapes."""
    return bool(patient.base and patient.base.config.get("quantization_config"))


def _of_base(path: str, shapes: Mapping[str, Sequence[int]]) -> Sequence[int] | None:
    """The base's layer by its path; some bases leave the first words out in their files."""
    words = path.split(".")
    tried = (".".join(words[start:]) + ".weight" for start in range(len(words)))
    return next((shapes[name] for name in tried if name in shapes), None)


def _rank(patient: Patient) -> Iterator[Diagnosis]:
    rank = patient.config.get("r")
    if isinstance(rank, int) and rank > MOST_RANK:
        yield Diagnosis(
            "rank",
            f"Its rank is {rank}; servers have room for {MOST_RANK} at most.",
            f"{AGAIN}lora_r {MOST_RANK} or less",
        )


def _unservable(patient: Patient, halves: _Halves) -> Iterator[Diagnosis]:
    """What else servers stumble over, once all that has a name of its own is put right."""
    grown, targets = any(_grown(patient)), patient.config.get("target_modules")
    rank = patient.config.get("r")
    cured: dict[str, Any] = {
        **patient.config,
        "base_model_name_or_path": "a/b",
        "revision": "0",
        "r": min(rank, MOST_RANK) if isinstance(rank, int) else 0,
        **({"target_modules": leaves(list(map(str, targets)))} if isinstance(targets, list) else {}),
        **({"modules_to_save": None, "trainable_token_indices": None} if grown else {}),
    }
    names = halves.names if grown else sorted(patient.tensors)
    shapes = {name: _as_if(patient.tensors[name].shape, rank, cured["r"]) for name in names}
    found = unservable(cured, shapes, patient.files.keys() - {"config.json"})
    if found:
        more = f" And {len(found) - 1} more." if len(found) > 1 else ""
        yield Diagnosis(
            "unservable",
            f"vLLM, TGI and llama.cpp do not load it: {found[0]}{more}",
            f"{AGAIN}plain LoRA on linear layers ({WEIGHTS}, {CONFIG})",
        )


def _as_if(shape: Sequence[int], rank: Any, bounded: int) -> Sequence[int]:
    return tuple(bounded if size == rank else size for size in shape)
