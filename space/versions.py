"""What can be asked of a writer: its release, the other versions that are tagged, and the base alone."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic

import hub
import prompter
from engines.model import Adapter
from engines.opening import Kind
from orders import BASE, RefusedError
from prompter import Prompter
from release import Served, ServingError

WEIGHTS: dict[Kind, str] = {"llama.cpp": "adapter.gguf", "transformers": "adapter_model.safetensors"}
AGAIN_S = 60  # from one attempt to ask the Hub for tags to the next
TAG = re.compile(r"v\d+\.\d+\.\d+(-.+)?")
YANKED = "-yanked"  # ends the tag beside that of a version which was withdrawn


@dataclass(frozen=True)
class Version:
    """A version's prompt and weights; those of the base alone come without an adapter."""

    prompter: Prompter
    adapter: Adapter | None


class Versions:
    """The versions of one writer, fetched when they are asked for."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self._commits = {served.version: served.adapter_revision}
        self._fetched: dict[tuple[str, Kind], Version] = {}
        self._lock = Lock()
        self._asked_at = -float(AGAIN_S)
        self._complete = False

    def names(self) -> Sequence[str]:
        """The release, the other tags from the newest on, the base; never waits for the Hub."""
        if not self._complete and monotonic() - self._asked_at > AGAIN_S:
            self._asked_at = monotonic()
            Thread(target=self._try_to_ask, daemon=True).start()
        released = self.served.version
        others = sorted(self._commits.keys() - {released}, key=_age, reverse=True)
        return (released, *others, BASE)

    def get(self, name: str, kind: Kind) -> Version:
        """A version for an engine of this kind, downloaded if it is not here; raises `RefusedError`."""
        try:
            return self.fetched(name, kind)
        except hub.UnreachableError as error:
            raise RefusedError("unreachable", str(error)) from error
        except ServingError as error:
            raise RefusedError("failed", str(error)) from error

    def fetched(self, name: str, kind: Kind, told: hub.Told = lambda _: None) -> Version:
        """A version, however long it takes to get; raises `ServingError` if it cannot be served."""
        if name == BASE:
            return Version(self.fetched("", kind).prompter, None)
        name = name or self.served.version
        if here := self._fetched.get((name, kind)):  # who asks for it waits for nobody's download
            return here
        with self._lock:
            if name not in self._commits:
                self._ask()
            if name not in self._commits:
                known = ", ".join(self.names())
                said = f"There is no version {name!r} of this writer: it has {known}."
                raise RefusedError("unknown_version", said)
            if (name, kind) not in self._fetched:
                self._fetched[name, kind] = self._read(self._commits[name], kind, told)
            return self._fetched[name, kind]

    def _read(self, commit: str, kind: Kind, told: hub.Told) -> Version:
        served, names = self.served, [*prompter.FILES, "adapter_config.json", WEIGHTS[kind]]
        folder = hub.fetched(served.adapter, commit, names, told)
        said = json.loads((folder / "adapter_config.json").read_bytes())
        base, revision = said["base_model_name_or_path"], said.get("revision") or served.base_revision
        if (base, revision) != (served.base, served.base_revision):
            one, other = f"{base}@{revision[:7]}", f"{served.base}@{served.base_revision[:7]}"
            raise ServingError(f"{served.adapter}@{commit[:7]} was trained on {one}: here is {other}.")
        return Version(prompter.read(folder), Adapter(f"a{commit}", folder))

    def _ask(self) -> None:
        """Learn the tags; raises `UnreachableError`, and what is here can be asked for all the same."""
        tags = hub.tags(self.served.adapter)
        offered = {name: commit for name, commit in tags.items() if TAG.fullmatch(name)}
        for name in [name for name in offered if name.endswith(YANKED)]:
            del offered[name]
            offered.pop(name.removesuffix(YANKED), None)
        self._commits = offered | self._commits
        self._complete = True

    def _try_to_ask(self) -> None:
        with suppress(hub.UnreachableError):
            self._ask()


def _age(name: str) -> tuple[int, int, int, bool, str]:
    """Older versions first; a pre-release before its release."""
    numbers, _, suffix = name[1:].partition("-")
    major, minor, patch = map(int, numbers.split("."))
    return major, minor, patch, not suffix, name
