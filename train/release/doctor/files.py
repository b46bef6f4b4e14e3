"""What lies beside an adapter, and should not; what should, and does not."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from train.release.doctor.diagnosis import Diagnosis
from train.release.doctor.patient import CONFIG, WEIGHTS, Patient

PICKLED = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib"})
POINTER = 200  # bytes: a weights file as small as this is the pointer of an upload that went wrong


def files(patient: Patient) -> Iterator[Diagnosis]:
    """Files in excess, missing, or cut off."""
    pickles = sorted(path for path in patient.files if PurePosixPath(path).suffix in PICKLED)
    if pickles:
        yield Diagnosis(
            "pickles",
            f"{', '.join(pickles)}: opening a pickle runs whatever code is in it, and training_args.bin may "
            "hold a token.",
            f"keep {WEIGHTS} and delete the others: hf repos delete-files {patient.name} {pickles[0]}",
        )
    if CONFIG in patient.files and "config.json" in patient.files:
        yield Diagnosis(
            "config-beside-adapter",
            "config.json lies beside adapter_config.json: loaders take the repository for a whole model.",
            f"hf repos delete-files {patient.name} config.json",
        )
    yield from _weights(patient)


def _weights(patient: Patient) -> Iterator[Diagnosis]:
    size = patient.files.get(WEIGHTS)
    if CONFIG not in patient.files:
        yield Diagnosis(
            "no-adapter", f"There is no {CONFIG}: this is no PEFT adapter.", "model.save_pretrained(FOLDER)"
        )
    elif size is None and "adapter_model.bin" not in patient.files:
        yield Diagnosis(
            "no-weights",
            f"There is no {WEIGHTS}: the upload ended before the weights.",
            f"hf upload {patient.name} FOLDER/{WEIGHTS}",
        )
    elif size is not None and not patient.tensors:
        cut = (
            "is the pointer to a file that is not there"
            if size < POINTER
            else "is cut off, or no safetensors"
        )
        yield Diagnosis("no-weights", f"{WEIGHTS} {cut}.", f"hf upload {patient.name} FOLDER/{WEIGHTS}")
