"""Which base fits which hardware, with settings that are known to fit it."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Base:
    """A small language model, and how it is trained where it fits."""

    told: str  # as a choice
    name: str
    license: str
    dtype: str = "bfloat16"
    max_length: int = 2048
    batch: int = 2
    on_cpu: bool = False

    @property
    def short(self) -> str:
        """Its name as an adapter's name begins with it; the Llama licences ask for that."""
        return self.name.split("/")[-1].removesuffix("-Instruct")


BASES: Mapping[str, Base] = {  # by the memory of the GPU
    "cpu": Base(
        "no GPU: slow, for a first look", "openai-community/gpt2", "mit", "float32", 512, 4, on_cpu=True
    ),
    "8gb": Base("a GPU with 8 GB", "Qwen/Qwen2.5-1.5B-Instruct", "apache-2.0", batch=1),
    "16gb": Base("a GPU with 16 GB", "meta-llama/Llama-3.2-3B-Instruct", "llama3.2"),
    "24gb": Base("a GPU with 24 GB or more", "Qwen/Qwen2.5-7B-Instruct", "apache-2.0"),
    "jobs": Base(
        "a GPU of Hugging Face Jobs, paid by the minute", "meta-llama/Llama-3.2-3B-Instruct", "llama3.2"
    ),
}
_FITTING = ((24, "24gb"), (15, "16gb"), (7, "8gb"))  # GB, a little less than what is on the box


def here() -> str:
    """What fits this machine."""
    tool = shutil.which("nvidia-smi")
    if not tool:
        return "jobs"
    asked = [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
    gb = max((int(each) for each in said if each.isdecimal()), default=0) / 1000
    return next((name for least, name in _FITTING if gb >= least), "jobs")
