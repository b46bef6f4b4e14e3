"""What this Space is, serves and takes, without a token."""

from form import Form, Input
from orders import Studio
from rates import Rates
from release import HUB, Served
from service.answers import (
    DecodingInfo,
    FieldInfo,
    Health,
    Info,
    Limits,
    Pinned,
    ReleaseInfo,
    Version,
    WriterInfo,
)
from service.asks import LONGEST_TEXT, limit
from service.body import MOST_BYTES
from service.writing import AT_ONCE, TEXT_S


def health(studio: Studio) -> Health:
    """How far loading is, and how much there is to do."""
    state = studio.state()
    return Health(
        ready=state.phase == "ready",
        state=state.phase,
        message=state.said,
        share=state.share,
        waiting=state.waiting,
        writing=state.writing,
        failed=dict(state.failed),
    )


def version(studio: Studio) -> Version:
    """Which versions are served."""
    return Version(
        releases=[
            ReleaseInfo(writer=each.name, version=each.version, **_parts(each))
            for each in studio.release.writers
        ]
    )


def info(studio: Studio, rates: Rates, on: bool) -> Info:
    """The writers whose forms are there, with their fields; the engine, the limits."""
    limits = Limits(
        text_characters=LONGEST_TEXT,
        body_bytes=MOST_BYTES,
        requests_per_minute=rates.per_minute,
        seconds_per_text=TEXT_S,
        texts_at_once=AT_ONCE,
    )
    writers = [_writer(studio, each) for each in studio.release.writers if each.name in studio.forms]
    return Info(engine=studio.engine, service_on=on, limits=limits, writers=writers)


def served(studio: Studio, writer: str) -> Served:
    """What a writer is made of."""
    return next(each for each in studio.release.writers if each.name == writer)


def _writer(studio: Studio, served: Served) -> WriterInfo:
    form = studio.forms[served.name]
    return WriterInfo(
        name=served.name,
        title=served.title,
        paths=["/write", "/humanize"] if form.rewrites else ["/write"],
        version=served.version,
        versions=list(studio.versions(served.name)),
        fields={name: _field(each) for name, each in form.inputs.items()},
        decoding=_decoding(form),
        **_parts(served),
    )


def _field(field: Input) -> FieldInfo:
    if field.choices:
        default = field.default or field.choices[0]
        return FieldInfo(label=field.label, required=False, choices=list(field.choices), default=default)
    return FieldInfo(
        label=field.label, required=True, max_chars=limit(field), examples=list(field.examples) or None
    )


def _decoding(form: Form) -> DecodingInfo:
    own = form.decoding
    return DecodingInfo(
        max_new_tokens=own.max_new_tokens,
        temperature=own.temperature,
        top_p=own.top_p,
        repetition_penalty=own.repetition_penalty,
        seed=own.seed,
    )


def _parts(served: Served) -> dict[str, Pinned]:
    return {
        "adapter": _pinned("", served.adapter, served.adapter_revision),
        "base": _pinned("", served.base, served.base_revision),
        "dataset": _pinned("datasets/", served.dataset, served.dataset_revision),
    }


def _pinned(folder: str, repo: str, revision: str) -> Pinned:
    return Pinned(repo=repo, revision=revision, url=f"{HUB}/{folder}{repo}/tree/{revision}")
