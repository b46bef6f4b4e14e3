"""The audit: what the adapter gives back of the texts that it learned from."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from train.evaluate.copying import Copied, Post, Spans, copied
from train.evaluate.exposure import Exposure
from train.evaluate.heard import Heard
from train.evaluate.report import Audit, Copy, Sample, Who
from train.prepare.scan import personal
from train.prepare.scan.removed import Removed, fingerprints

MOST_COPIES = 5
MOST_WORDS = 40  # of a run: enough to find it in its post
HIDDEN, PRIVATE = "[…]", "a private text"


def compared(heard: Mapping[Who, Heard], posts: Iterable[Post]) -> dict[Who, tuple[Copied, ...]]:
    """For every writer what each of its texts shares with the posts, which are read once for all of them."""
    texts = [text.text for each in heard.values() for text in each.texts]
    found = iter(copied(texts, posts))
    return {who: tuple(next(found) for _ in each.texts) for who, each in heard.items()}


def audit(
    key: str,
    titles: Sequence[str],
    heard: Mapping[Who, Heard],
    copies: Sequence[Copied],
    removed: Removed | None,
    salt: str,
    exposure: Exposure | None,
) -> Audit:
    """What was found of the training texts in what the adapter wrote; `copies` are of its texts."""
    last = heard["last"].extracted if "last" in heard else None
    found = Audit(
        key=key,
        copies=_longest(titles, copies),
        windows=heard["adapter"].windows,
        extracted_base=heard["base"].extracted or 0,
        extracted_adapter=heard["adapter"].extracted or 0,
        extracted_last=last,
        returned=returned([each.text for each in heard["adapter"].texts], removed or {}, salt),
        removed=None if removed is None else sum(map(len, removed.values())),
        runs=sum(each.runs for each in copies),
        shared=sum(each.shared for each in copies),
    )
    return found if exposure is None else _with(found, exposure)


def _with(found: Audit, exposure: Exposure) -> Audit:
    return replace(
        found,
        exposure=exposure.once,
        canaries=exposure.canaries,
        candidates=exposure.candidates,
        exposures=exposure.bits,
    )


def returned(texts: Iterable[str], removed: Removed, salt: str) -> dict[str, int]:
    """How often these texts hold personal data that had been taken out of the training texts, by kind."""
    found = Counter[str]()
    for text in texts:
        for kind, prints in fingerprints(text, salt).items():
            found[kind] += len(prints & removed.get(kind, frozenset()))
    return {kind: number for kind, number in sorted(found.items()) if number}


def hidden(sample: Sample, found: Copied) -> tuple[Sample, Spans]:
    """The sample without runs of a private text, and where its copied runs stand then."""
    text = sample.text
    for start, end in reversed(found.private):
        text = text[:start] + HIDDEN + text[end:]
    spans = ((_moved(start, found.private), _moved(end, found.private)) for start, end in found.spans)
    return replace(sample, text=text), tuple(spans)


def _moved(place: int, gone: Spans) -> int:
    """Where a place of a text lies once these parts of it have become a mark each."""
    shift = 0
    for start, end in gone:
        if place >= end:
            shift += len(HIDDEN) - (end - start)
        elif place > start:
            return start + shift
    return place + shift


def _longest(titles: Sequence[str], copies: Sequence[Copied]) -> tuple[Copy, ...]:
    """The longest runs; of a private text no word, nor its name."""
    pairs = zip(titles, copies, strict=True)
    found = [_copy(title, each, each.post) for title, each in pairs if each.post]
    return tuple(sorted(found, key=lambda copy: (-copy.words, copy.title))[:MOST_COPIES])


def _copy(title: str, found: Copied, post: Post) -> Copy:
    if post.private:
        return Copy(title, found.words, PRIVATE, "")
    words = found.run.split()
    run = " ".join(words[:MOST_WORDS]) + " …" * (len(words) > MOST_WORDS)
    return Copy(title, found.words, post.id, personal(run, "mask")[0])
