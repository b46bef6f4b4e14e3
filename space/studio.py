"""The writers of a release: loaded in the background, and asked by the page and the service."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import form
import hub
from engines import opening
from engines.draw import Draw
from engines.row import Piece, Row
from form import Form
from loading import Loaded, loaded
from orders import Order, RefusedError, State, Studio, Text
from release import Release, Served, ServingError
from versions import Version, Versions

WRITER = "writer.json"
BROKEN = "Something broke while loading: the Space's log says what."
AGAIN_S = 20.0  # from one attempt to load to the next, while the Hub is away


class _Studio:
    """Writers over as few bases as their release has."""

    def __init__(self, release: Release, forms: Mapping[str, Form]) -> None:
        self.release, self.forms = release, forms
        self._versions = {each.name: Versions(each) for each in release.writers}
        self._loaded: dict[str, Loaded] = {}
        self._state = State("loading", "Loading ...")
        self._closed = Event()
        Thread(target=self._load, name="loading", daemon=True).start()

    @property
    def engine(self) -> str:
        """What writes, for people; its kind alone while it loads."""
        return "; ".join({each.engine.name: None for each in self._loaded.values()}) or opening.preferred()

    def state(self) -> State:
        """How far loading is, and how much is asked for."""
        engines = {id(each.engine): each.engine for each in self._loaded.values()}.values()
        waiting, writing = (sum(getattr(each, of) for each in engines) for of in ("waiting", "writing"))
        return replace(self._state, waiting=waiting, writing=writing)

    def versions(self, writer: str) -> Sequence[str]:
        """What can be asked of a writer, as far as the Hub has said so far."""
        return self._of(writer).names()

    def write(self, order: Order) -> Iterator[Text]:
        """The text as it grows; what is wrong with the order is said at once."""
        versions = self._of(order.writer)
        _check(self.forms[order.writer], order)
        if order.writer not in self._loaded:
            raise RefusedError("failed" if self._state.phase == "failed" else "loading", self._state.said)
        return self._written(order, versions, self._loaded[order.writer])

    def close(self) -> None:
        """End every text in work."""
        self._closed.set()
        for each in self._loaded.values():
            each.engine.close()

    def _of(self, writer: str) -> Versions:
        if writer not in self._versions:
            said = f"There is no writer {writer!r} here: there is {', '.join(self._versions)}."
            raise RefusedError("unknown_writer", said)
        return self._versions[writer]

    def _written(self, order: Order, versions: Versions, on: Loaded) -> Iterator[Text]:
        version = versions.get(order.version, on.kind)
        row = _row(self.forms[order.writer], order, version, on)
        ids: list[int] = []
        for news in on.engine.write(row):
            ids += [piece for piece in news if isinstance(piece, int)]
            if news:
                yield _text(version, ids, news[-1])
            elif not ids:  # again and again, so that who has left can be told
                yield Text("", 0, ahead=on.engine.ahead(row))

    def _load(self) -> None:
        try:
            while self._misses_the_hub() and not self._closed.wait(AGAIN_S):
                pass
        finally:
            if self._state.phase == "loading":  # it ended with a mistake, which the log has
                self._state = State("failed", BROKEN, self._state.share)

    def _misses_the_hub(self) -> bool:
        """Load what is not there yet; whether that failed for a reason that may pass."""
        bases = list({(each.base, each.base_revision): None for each in self.release.writers})
        try:
            for done, base in enumerate(bases):
                self._open(base, done, len(bases))
            self._state = State("ready", "Ready.", 1.0)
        except ServingError as error:
            print(error, file=sys.stderr, flush=True)
            self._state = State("failed", str(error), self._state.share)
            return isinstance(error, hub.UnreachableError)
        return False

    def _open(self, base: tuple[str, str], done: int, of: int) -> None:
        def said(what: str, share: float) -> None:
            self._state = State("loading", what, (done + share) / of)

        above = [
            self._versions[each.name]
            for each in self.release.writers
            if (each.base, each.base_revision) == base
        ]
        if above[0].served.name in self._loaded:
            return
        opened = loaded(above, said)
        self._loaded = self._loaded | {each.served.name: opened for each in above}  # others may read it now


def opened(release: Release) -> Studio:
    """The writers of a release, which load in the background; raises `ServingError` if a form is missing."""
    return _Studio(release, {each.name: form.read(_described(each)) for each in release.writers})


def _described(served: Served) -> Path:
    return hub.fetched(served.adapter, served.adapter_revision, [WRITER]) / WRITER


def _check(asked: Form, order: Order) -> None:
    """Refuse what a form or a setting's limits do not allow: who calls from outside has seen no form."""
    flaws = {name: flaw for name, flaw in asked.flaws(order.inputs).items() if flaw}
    flaws |= order.decoding.flaws() if order.decoding else {}
    if flaws:
        raise RefusedError("bad_request", " ".join(f"{name}: {flaw}" for name, flaw in flaws.items()))


def _row(asked: Form, order: Order, version: Version, on: Loaded) -> Row:
    prompter = version.prompter
    inputs = form.put(asked.clean(order.inputs), asked, prompter.form)
    decoding, ids = order.decoding or prompter.form.decoding, prompter.ids(inputs)
    room = min(decoding.max_new_tokens, on.base.context - len(ids))
    if room < 1:
        said = (
            f"This text is too long: with its instructions it has {len(ids):,} tokens of {on.base.context:,}."
        )
        raise RefusedError("bad_request", said)
    draw = Draw(decoding, str(inputs[prompter.form.message]), ids)
    stops = on.base.stops | prompter.stops
    return Row(ids, version.adapter, draw, stops, room, prompter.shared(ids))


def _text(version: Version, ids: Sequence[int], last: Piece) -> Text:
    if isinstance(last, RefusedError):
        raise last
    return Text(version.prompter.text(ids), len(ids), "" if isinstance(last, int) else last)
