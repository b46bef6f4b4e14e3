"""The tokenizer and the prompt: what the model is shown, and where it stops."""

from collections.abc import Iterator
from typing import Any

from jinja2 import TemplateError

from train.errors import first_line
from train.release.doctor.diagnosis import Diagnosis
from train.release.doctor.patient import Patient

TURN = [{"role": "user", "content": "How to keep a paper notebook"}]
TEMPLATE = "chat_template.jinja"


def words(patient: Patient) -> Iterator[Diagnosis]:
    """Prompts other than training's, and texts that never end."""
    if not patient.tokenizer:
        return
    try:
        yield from _shown(patient)
    except (AttributeError, ImportError, OSError, LookupError, TemplateError, TypeError, ValueError) as error:
        yield Diagnosis(
            "unreadable-tokenizer",
            f"Its tokenizer or its chat template is broken: {first_line(error)}",
            f"put back the {TEMPLATE} and tokenizer that training left",
        )


def _shown(patient: Patient) -> Iterator[Diagnosis]:
    if patient.is_proven:
        yield from _golden(patient)
    else:
        yield from _template(patient)
        yield from _padding(patient)
    yield from _ends(patient)


def _golden(patient: Patient) -> Iterator[Diagnosis]:
    """Prompts recorded in training must still become the same token ids."""
    message, tokenizer = str(patient.writer.get("message")), _tokenizer(patient)
    for each in patient.writer["golden"]:
        inputs = dict(each["inputs"])
        turn = [{"role": "user", "content": inputs.pop(message, "")}]
        ids = tokenizer.apply_chat_template(
            turn, add_generation_prompt=True, return_dict=False, sanitize_control_tokens=True, **inputs
        )
        if list(ids) != list(each["ids"]):
            yield Diagnosis(
                "not-the-trained-prompt",
                f"The prompt for {turn[0]['content']!r} is not the one that training saw.",
                f"put back the {TEMPLATE} and tokenizer that training left",
            )
            return


def _template(patient: Patient) -> Iterator[Diagnosis]:
    theirs = patient.base.template if patient.base else ""
    if not patient.template:
        return
    if theirs and patient.template.strip() != theirs.strip():
        yield Diagnosis(
            "another-template",
            "Its chat template is not the base's: either it was damaged on its way, or whoever prompts it as "
            "the base is prompted shows it something that it was not trained for.",
            f"compare {TEMPLATE} with the base's, and upload the one that training used",
        )
    elif not _invites(patient):
        yield Diagnosis(
            "no-generation-prompt",
            "Its chat template has no generation prompt: the model goes on with the question.",
            f"let {TEMPLATE} end with the answer's opening, {{% if add_generation_prompt %}} … {{% endif %}}",
        )


def _invites(patient: Patient) -> bool:
    shown = [
        _tokenizer(patient).apply_chat_template(TURN, add_generation_prompt=asked, tokenize=False)
        for asked in (True, False)
    ]
    return bool(shown[0] != shown[1])


def _padding(patient: Patient) -> Iterator[Diagnosis]:
    eos, pad = _token(patient.tokenizer.get("eos_token")), _token(patient.tokenizer.get("pad_token"))
    if eos and pad == eos:
        yield Diagnosis(
            "pad-is-eos",
            f"{eos} both ends a text and pads it: trained as usual, the end is masked out, and texts run on.",
            "give padding a token of its own that the base has, and train again",
        )


def _ends(patient: Patient) -> Iterator[Diagnosis]:
    """The token that ends an answer must be one that generation stops at."""
    eos = _token(patient.tokenizer.get("eos_token"))
    if not eos:
        yield Diagnosis(
            "no-end",
            "Its tokenizer names no token that ends a text: generation runs to its limit.",
            "name the base's eos_token in tokenizer_config.json",
        )
        return
    id_ = _id_of(patient, eos)
    stops = _stops(patient)
    if id_ is None or (stops and id_ not in stops):
        why = "is not in its vocabulary" if id_ is None else f"(id {id_}), is none that stops it: {stops}"
        yield Diagnosis(
            "never-stops",
            f"The token that ends its texts, {eos}, {why}.",
            "write its id into generation_config.json as eos_token_id",
        )


def _stops(patient: Patient) -> list[int]:
    own = patient.generation.get("eos_token_id")
    theirs = (patient.base.generation if patient.base else {}).get("eos_token_id")
    config = (patient.base.config if patient.base else {}).get("eos_token_id")
    stops: int | list[int] = next((each for each in (own, theirs, config) if each is not None), [])
    return [stops] if isinstance(stops, int) else list(stops)


def _id_of(patient: Patient, token: str) -> int | None:
    path = patient.folder / "tokenizer.json"
    if not path.is_file():
        return 0 if not _stops(patient) else _stops(patient)[0]  # other kinds of vocabulary are not read
    from tokenizers import Tokenizer

    found: int | None = Tokenizer.from_file(str(path)).token_to_id(token)
    return found


def _token(value: Any) -> str:
    return str(value.get("content", "") if isinstance(value, dict) else value or "")


def _tokenizer(patient: Patient) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(
        patient.folder, trust_remote_code=False
    )  # or it asks whether to run it


def runs_code(patient: Patient) -> Iterator[Diagnosis]:
    """Files that make loaders import code from the repository."""
    named = [
        name
        for name in ("tokenizer_config.json", "config.json", "adapter_config.json")
        if (patient.folder / name).is_file()
        and '"auto_map"' in (patient.folder / name).read_text(encoding="utf-8", errors="replace")
    ]
    if named and patient.config.get("auto_mapping") is None:
        yield Diagnosis(
            "runs-code",
            f"{named[0]} has an auto_map: whoever loads it runs code from the repository.",
            f"take auto_map out of {named[0]}",
        )
