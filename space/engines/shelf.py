"""The adapters in memory: few, those that were used last."""

from collections import OrderedDict
from collections.abc import Collection

from engines.model import Adapter, Model

MOST = 4


class Shelf:
    """What a model has loaded, the one that was used last at the end."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._keys: OrderedDict[str, None] = OrderedDict()

    def has(self, adapter: Adapter, needed: Collection[str] = ()) -> bool:
        """Whether an adapter is in memory now; for a new one another goes, but none that is needed."""
        if adapter.key not in self._keys:
            idle = [key for key in self._keys if key not in needed]
            if len(self._keys) >= MOST and not idle:
                return False
            if len(self._keys) >= MOST:
                self._model.drop(idle[0])
                del self._keys[idle[0]]
            self._model.load(adapter)
        self._keys[adapter.key] = None
        self._keys.move_to_end(adapter.key)
        return True
