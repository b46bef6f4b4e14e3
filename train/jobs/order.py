"""What a Job is asked to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import Volume

IMAGE = "python:3.12.13-bookworm@sha256:9bed8554e926c07c6f908841d5ee88c33e8df9236b191526bbce81a9062ab43a"
BASE, LAST, SENT, LEFT = "/mnt/base", "/mnt/last-base", "/mnt/sent", "/mnt/left"
START = Path(__file__).with_name("start.py")
_BUCKET = "imprint-training"


@dataclass(frozen=True)
class Place:
    """Where the work of a namespace lies, and this errand's among it."""

    namespace: str  # the account or organisation that pays
    recipe: str
    key: str
    verb: str = "tune"
    label: str = "train-key"

    @property
    def bucket(self) -> str:
        """The bucket of all of them."""
        return f"{self.namespace}/{_BUCKET}"

    @property
    def folder(self) -> str:
        """This errand's folder in it."""
        return f"{self.recipe}/{self.key[:16]}"

    @property
    def sent(self) -> str:
        """The folder with what the Job reads."""
        return f"{self.folder}/sent"

    @property
    def left(self) -> str:
        """The folder with what the Job writes."""
        return f"{self.folder}/left"

    @property
    def labels(self) -> dict[str, str]:
        """What the Job is found again by."""
        return {"recipe": self.recipe, self.label: self.key}


@dataclass(frozen=True)
class Base:
    """A base at its commit, and where the Job finds it."""

    repo: str
    commit: str
    at: str

    @property
    def volume(self) -> Volume:
        """It as a Job mounts it."""
        return Volume(
            type="model", source=self.repo, mount_path=self.at, revision=self.commit, read_only=True
        )


@dataclass(frozen=True)
class Order:
    """A Job as it is asked for: no token, no secret, everything it reads mounted and pinned."""

    place: Place
    flavor: str
    timeout: str
    bases: tuple[Base, ...]
    pack: str  # name of the pack: its digest
    words: tuple[str, ...]  # for `inside`

    def as_arguments(self) -> dict[str, Any]:
        """What `run_job` takes."""
        return {
            "image": IMAGE,
            "command": self._command(),
            "flavor": self.flavor,
            "timeout": self.timeout,
            "name": f"{self.place.verb}-{self.place.recipe}-{self.place.key[:8]}",
            "labels": self.place.labels,
            "namespace": self.place.namespace,
            "volumes": [
                *(base.volume for base in self.bases),
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
        inside = [self.place.verb, self.place.key, LEFT, *self.words]
        start = ["python", "-c", START.read_text(encoding="utf-8")]
        return [*start, f"{SENT}/{self.pack}.tar", self.pack, *inside]
