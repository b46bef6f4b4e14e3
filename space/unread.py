"""What Gradio has for its visitors and they have not read yet: bounded, whoever stays away."""

from asyncio import Queue
from collections import deque
from typing import Any

from gradio.server_messages import ProcessGeneratingMessage
from gradio.utils import LRUCache

VISITORS = 256  # more than can have a text in work or wait for one
FAR_BEHIND = 500  # messages; whoever reads at all is never more than a few behind


class Messages(Queue[Any]):
    """One visitor's messages; of a text that comes whole each time, the newest is enough."""

    _queue: deque[Any]

    def _put(self, message: Any) -> None:
        if self._queue and _is_newer(message, self._queue[-1]):
            self._queue[-1] = message
        else:
            self._queue.append(message)


class Unread(LRUCache[Any, Messages]):
    """The messages of each visitor; who was longest without one is forgotten first."""

    def __init__(self) -> None:
        super().__init__(VISITORS)

    def __getitem__(self, visitor: Any) -> Messages:
        """The messages of a visitor, to whom one more may come now."""
        self.move_to_end(visitor)
        return super().__getitem__(visitor)

    def __setitem__(self, visitor: Any, _: object) -> None:
        """Begin with a visitor."""
        super().__setitem__(visitor, Messages())

    def is_too_much_for(self, visitor: object) -> bool:
        """Whether so much is unread that nobody reads it any more."""
        messages = self.get(visitor)
        return messages is not None and messages.qsize() > FAR_BEHIND


def _is_newer(message: Any, last: Any) -> bool:
    both = (message, last)
    if not all(isinstance(each, ProcessGeneratingMessage) for each in both):
        return False
    return bool(message.event_id == last.event_id) and all(_is_whole(each) for each in both)


def _is_whole(message: ProcessGeneratingMessage) -> bool:
    """Whether it says everything again; what it says else is a list of edits."""
    return not any(isinstance(each, list) for each in message.output.get("data", []))
