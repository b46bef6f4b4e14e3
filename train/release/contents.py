"""Which files a version takes from a run: by name, never by folder."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from train.errors import StageError
from train.licensing import PAPERS
from train.prepare.report import DatasetReport
from train.run import ROOT, write_text

SPACE = ROOT / "space"
ADAPTER = frozenset(
    {
        "adapter.gguf",
        "adapter_config.json",
        "adapter_model.safetensors",
        "added_tokens.json",
        "chat_template.jinja",
        "generation_config.json",
        "loss.svg",
        "merges.txt",
        "special_tokens_map.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "training.json",
        "vocab.json",
        "writer.json",
    }
)
EVIDENCE = frozenset({"audit.json", "documents.jsonl", "gate.json", "metrics.json", "samples.jsonl"})


def take_dataset(source: Path, report: DatasetReport, target: Path) -> None:
    """Copy rows, report and picture; what was dropped stays here, it may quote what must stay private."""
    rows = [name for name in report.files if name.startswith("data/") and name.endswith(".parquet")]
    _copy(source, [*rows, "report.json", *({"report.svg"} & report.files.keys())], target)


def take_adapter(source: Path, target: Path, fix: str) -> None:
    """Copy the adapter's files; refuse a folder that holds any other."""
    found = _names(source)
    strangers = sorted(found - ADAPTER - PAPERS)
    if strangers:
        raise StageError(f"{source / strangers[0]} is no file of an adapter; it is never published.", fix=fix)
    _copy(source, found, target)


def take_evidence(source: Path, target: Path) -> None:
    """Copy the evidence."""
    _copy(source, _names(source) & EVIDENCE, target)


def take_space(target: Path, *, with_llama: bool = False) -> None:
    """Copy the app: its modules and the packages it needs; llama.cpp only where there is a base for it."""
    modules = {name for name in _names(SPACE) if name.endswith((".py", ".css", ".js"))}
    missing = sorted({"app.py", "requirements.txt"} - _names(SPACE))
    if missing:
        raise StageError(f"{SPACE / missing[0]} is missing.", fix="git checkout -- space")
    _copy(SPACE, modules, target)
    write_text(target / "requirements.txt", requirements(with_llama=with_llama))


def requirements(*, with_llama: bool) -> str:
    """The Space's packages: the line for llama.cpp is a comment until it is of use."""
    text = (SPACE / "requirements.txt").read_text(encoding="utf-8")
    return re.sub(r"^# (?=llama-cpp-python==)", "", text, flags=re.MULTILINE) if with_llama else text


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _copy(source: Path, names: Iterable[str], target: Path) -> None:
    for name in sorted(names):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
