"""What all prompts of an adapter begin with, as a model has read it: read once, then only copied."""

from typing import Generic, TypeVar

from engines.model import Prompt

Read = TypeVar("Read")


class Heads(Generic[Read]):
    """The head of each adapter's prompts, and of the base's; no more than one each."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[int, ...], Read]] = {}

    def of(self, prompt: Prompt) -> Read | None:
        """What was read of a prompt's head, if it is the one that was read last with this adapter."""
        head, read = self._kept.get(prompt.adapter, ((), None))
        return read if head == tuple(prompt.ids[: prompt.head]) else None

    def keep(self, prompt: Prompt, read: Read) -> None:
        """Remember what was read of a prompt's head."""
        self._kept[prompt.adapter] = tuple(prompt.ids[: prompt.head]), read

    def drop(self, key: str) -> None:
        """Forget what was read with an adapter."""
        self._kept.pop(key, None)
