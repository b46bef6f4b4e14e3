"""What a Job is asked to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import Volume

IMAGE = "python:3.12.13-bookworm@sha256:9bed8554e926c07c6f908841d5ee88c33e8df9236b191526bbce81a9062ab43a"
LABEL = "train-key"
BASE, SENT, LEFT = "/mnt/base", "/mnt/sent", "/mnt/left"
START = Path(__file__).with_name("start.py")
_BUCKET = "imprint-training"


@dataclass(frozen=True)
class Place:
    """Where the trainings of a namespace lie, and this one among them."""

    namespace: str  # the account or organisation that pays
    recipe: str
    key: str

    @property
    def bucket(self) -> str:
        """The bucket of all of them."""
        return f"{self.namespace}/{_BUCKET}"

    @property
    def sent(self) -> str:
        """The folder with what the Job reads."""
        return f"{self.recipe}/{self.key[:16]}/sent"

    @property
    def left(self) -> str:
        """The folder with what the Job writes."""
        return f"{self.recipe}/{self.key[:16]}/left"

    @property
    def labels(self) -> dict[str, str]:
        """What the Job is found again by."""
        return {"recipe": self.recipe, LABEL: self.key}


@dataclass(frozen=True)
class Order:
    """A Job as it is asked for: no token, no secret, everything it reads mounted and pinned."""

    place: Place
    flavor: str
    timeout: str
    base: str
    commit: str
    pack: str  # name of the pack: its digest
    options: tuple[str, ...]  # TRL's, as they were typed

    def as_arguments(self) -> dict[str, Any]:
        """What `run_job` takes."""
        return {
            "image": IMAGE,
            "command": self._command(),
            "flavor": self.flavor,
            "timeout": self.timeout,
            "name": f"tune-{self.place.recipe}-{self.place.key[:8]}",
            "labels": self.place.labels,
            "namespace": self.place.namespace,
            "volumes": [
                Volume(type="model", source=self.base, mount_path=BASE, revision=self.commit, read_only=True),
                Volume(
                    type="bucket",
                    source=self.place.bucket,
                    mount_path=SENT,
                    path=self.place.sent,
                    read_only=True,
                ),
                Volume(type="bucket", source=self.place.bucket, mount_path=LEFT, path=self.place.left),
            ],
        }

    def _command(self) -> list[str]:
        # The text itself, not its place in the bucket: it is what checks everything that lies there.
        inside = [self.base, self.commit, self.place.key, BASE, LEFT, *self.options]
        start = ["python", "-c", START.read_text(encoding="utf-8")]
        return [*start, f"{SENT}/{self.pack}.tar", self.pack, *inside]
