"""A Studio whose texts are known in advance, for tests of what stands before it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from form import Form
from orders import BASE, Ended, Order, State, Text
from release import Release

PAUSE_S = 0.02  # between two looks whether it may go on


@dataclass
class ScriptedStudio:
    """It says `text` word by word under the message it was asked with; `base` says the words backwards."""

    release: Release
    forms: Mapping[str, Form]
    text: str = "Some plain words about this."
    pause_s: float = 0.0
    most: int | None = None  # words of a text that it says for now; None is all
    phase: State = field(default_factory=lambda: State("ready", "ready"))
    states: Mapping[str, State] = field(default_factory=dict)  # by writer, where it is not `phase`
    tags: Sequence[str] = ("v0.2.0", "v0.1.0")
    engine: str = "a script"
    refusal: Exception | None = None
    orders: list[Order] = field(default_factory=list)
    stopped: int = 0
    working: set[int] = field(default_factory=set)  # texts that neither ended nor were stopped
    texts: Mapping[str, str] = field(default_factory=dict)  # by writer or version, where it is not `text`
    ahead: int = 0  # orders that go first for now
    ended: Ended = "end"

    def state(self, writer: str = "") -> State:
        return self.states.get(writer, self.phase)

    def versions(self, writer: str) -> Sequence[str]:
        return (*self.tags, BASE)

    def write(self, order: Order) -> Iterator[Text]:
        self.orders.append(order)
        if self.refusal:
            raise self.refusal
        words = self._words(order)
        self.working.add(id(words))
        try:
            while self.ahead:
                yield Text("", 0, ahead=self.ahead)
                time.sleep(PAUSE_S)
            for count in range(1, len(words) + 1):
                time.sleep(self.pause_s)
                while self.most is not None and count > self.most:
                    time.sleep(PAUSE_S)
                    if count > 1:
                        yield Text(" ".join(words[: count - 1]), count - 1)
                yield Text(" ".join(words[:count]), count, self.ended if count == len(words) else "")
        except GeneratorExit:
            self.stopped += 1
            print("stopped", flush=True)
            raise
        finally:
            self.working.discard(id(words))
        print("finished", flush=True)

    def _words(self, order: Order) -> list[str]:
        form = self.forms[order.writer]
        text = self.texts.get(order.writer, self.texts.get(order.version, self.text))
        heading = "" if form.rewrites else f"# {order.inputs[form.message]}\n\n"
        words = f"{heading}{text}".split(" ")
        return words[::-1] if order.version == BASE else words

    def close(self) -> None:
        pass
