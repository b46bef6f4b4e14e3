"""A Studio whose texts are known in advance, for tests of what stands before it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from form import Form
from orders import BASE, Order, RefusedError, State, Text
from release import Release


@dataclass
class ScriptedStudio:
    """It says `text` word by word under the message it was asked with; `base` says the words backwards."""

    release: Release
    forms: Mapping[str, Form]
    text: str = "Some plain words about this."
    pause_s: float = 0.0
    phase: State = field(default_factory=lambda: State("ready", "ready"))
    tags: Sequence[str] = ("v0.2.0", "v0.1.0")
    engine: str = "a script"
    refusal: RefusedError | None = None
    orders: list[Order] = field(default_factory=list)
    stopped: int = 0

    def state(self) -> State:
        return self.phase

    def versions(self, writer: str) -> Sequence[str]:
        return (*self.tags, BASE)

    def write(self, order: Order) -> Iterator[Text]:
        self.orders.append(order)
        if self.refusal:
            raise self.refusal
        form = self.forms[order.writer]
        words = f"# {order.inputs[form.message]}\n\n{self.text}".split(" ")
        words = words[::-1] if order.version == BASE else words
        try:
            for count in range(1, len(words) + 1):
                time.sleep(self.pause_s)
                yield Text(" ".join(words[:count]), count, "end" if count == len(words) else "")
        except GeneratorExit:
            self.stopped += 1
            print("stopped", flush=True)
            raise
        print("finished", flush=True)

    def close(self) -> None:
        pass
