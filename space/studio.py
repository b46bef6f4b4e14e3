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
from loading import Loaded, WriterError, loaded
from orders import Order, RefusedError, State, Studio, Text
from release import Release, Served, ServingError
from versions import Version, Versions

WRITER = "writer.json"
BROKEN = "Something broke while loading: the Space's log says what."
READY = State("ready", "Ready.", 1.0)
AGAIN_S = 20.0  # from one attempt to load to the next, while the Hub is away


class _Studio:
    """Writers over as few bases as their release has."""

    def __init__(self, release: Release, forms: Mapping[str, Form], lost: Mapping[str, str]) -> None:
        self.release, self.forms = release, forms
        self._versions = {each.name: Versions(each) for each in release.writers}
        self._loaded: dict[str, Loaded] = {}
        self._failed: dict[str, str] = {}  # writers that cannot be asked, and why
        for name, why in lost.items():
            self._fail([name], why)
        self._state = State("loading", "Loading ...")
        self._closed = Event()
        Thread(target=self._load, name="loading", daemon=True).start()

    @property
    def engine(self) -> str:
        """What writes, for people; its kind alone while it loads."""
        return "; ".join({each.engine.name: None for each in self._loaded.values()}) or opening.preferred()

    def state(self, writer: str = "") -> State:
        """How far a writer is, or all of them together, and how much is asked for."""
        now, failed = self._state, self._failed
        if writer in failed:
            now = replace(now, phase="failed", said=failed[writer])
        elif writer in self._loaded:
            now = READY
        engines = {id(each.engine): each.engine for each in self._loaded.values()}.values()
        waiting, writing = (sum(getattr(each, of) for each in engines) for of in ("waiting", "writing"))
        return replace(now, waiting=waiting, writing=writing, failed=failed)

    def versions(self, writer: str) -> Sequence[str]:
        """What can be asked of a writer, as far as the Hub has said so far."""
        return self._of(writer).names()

    def write(self, order: Order) -> Iterator[Text]:
        """The text as it grows; what is wrong with the order is said at once."""
        versions, now = self._of(order.writer), self.state(order.writer)
        if now.phase == "failed":
            raise RefusedError("failed", now.said)
        _check(self.forms[order.writer], order)
        if now.phase == "loading":
            raise RefusedError("loading", now.said)
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
        todo = self._by_base()
        try:
            while todo := self._opened(todo):
                if self._closed.wait(AGAIN_S):
                    break
        finally:
            if self._state.phase == "loading":  # it ended with a mistake, which the log has
                self._fail([each for each in self.forms if self.state(each).phase == "loading"], BROKEN)
                self._settle()

    def _by_base(self) -> Sequence[Sequence[str]]:
        """The writers that can be loaded, those over one base together."""
        above: dict[tuple[str, str], list[str]] = {}
        for each in self.release.writers:
            if each.name in self.forms:
                above.setdefault((each.base, each.base_revision), []).append(each.name)
        return [*above.values()]

    def _opened(self, todo: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
        """Load these; what is left is what failed for a reason that may pass."""
        left = [self._open(above, done, len(todo)) for done, above in enumerate(todo)]
        self._settle()
        return [above for above in left if above]

    def _open(self, above: Sequence[str], done: int, of: int) -> Sequence[str]:
        """The same for writers over one base; one whose own files are at fault is left out."""

        def said(what: str, share: float) -> None:
            if self._state.phase != "ready":  # else others write, and this Space stays open meanwhile
                self._recover(above)
                self._state = State("loading", what, (done + share) / of)

        while above:
            try:
                opened = loaded([self._versions[each] for each in above], said)
            except WriterError as error:
                self._fail([error.writer], str(error))
                above = [each for each in above if each != error.writer]
            except ServingError as error:
                self._fail(above, str(error))
                return above if isinstance(error, hub.UnreachableError) else []
            else:
                self._loaded = self._loaded | dict.fromkeys(above, opened)  # others may read it now
                self._recover(above)
                break
        return []

    def _recover(self, writers: Sequence[str]) -> None:
        self._failed = {name: why for name, why in self._failed.items() if name not in writers}

    def _fail(self, writers: Sequence[str], why: str) -> None:
        named = f"{', '.join(writers)}: " if len(self._versions) > 1 else ""
        print(f"{named}{why}", file=sys.stderr, flush=True)
        self._failed = self._failed | dict.fromkeys(writers, why)

    def _settle(self) -> None:
        """Say what came of it: who writes at all makes the Space ready."""
        without = f", but without {', '.join(self._failed)}" if self._failed else ""
        ready = State("ready", f"Ready{without}.", 1.0)
        failed = State("failed", next(iter(self._failed.values()), ""), self._state.share)
        self._state = ready if self._loaded else failed


def opened(release: Release) -> Studio:
    """The writers of a release, which load in the background; raises `ServingError` if no form is there."""
    forms, lost = {}, {}
    for each in release.writers:
        try:
            forms[each.name] = form.read(_described(each))
        except hub.UnreachableError:
            raise
        except ServingError as error:
            if each is release.writers[-1] and not forms:
                raise
            lost[each.name] = str(error)
    return _Studio(release, forms, lost)


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
