"""The service's own OpenAPI description: the typed requests of this Space's writers, and every answer."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from release import Release
from service import events
from service.answers import Fault, Health, Written
from service.asks import Kinds
from service.events import EVENTS
from service.faults import STATUS

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"
NOT_READY: dict[int | str, Schema] = {503: {"model": Health, "description": "Loading, or failed for good"}}
TOKEN: Schema = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token that this Space's owner gave you"},
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "The same, for private Spaces: there `Authorization` may hold the Hub's token",
    },
}
ABOUT = """\
Texts by the writers of this Space. Errors are JSON with a code and a sentence.
What is sent is neither logged nor kept.
On a private Space the Hub's token goes into `X-HF-Authorization`, and this Space's into `Authorization`; \
or the Hub's into `Authorization`, and this Space's into `X-API-Key`.
A text is made by a machine and can be wrong: read before you publish, and say that a machine wrote it.\
"""
FAULTS = {
    400: "The body is not JSON",
    401: "No token of this Space",
    404: "There is no such writer or version",
    408: "The body did not arrive in time",
    413: "The body is too large",
    415: "Not JSON by its content type",
    422: "A field is wrong; `field` says which",
    429: "Too many requests of one client; `Retry-After` says when to go on",
    500: "Something broke while writing",
    503: "Loading, busy, or turned off; `code` says which",
    507: "Too little memory for this text",
}


COUNTED = {  # as the Hub says it, and each with a status at which it is there
    "RateLimit": "What is left: `r` requests now, one more in `t` seconds",
    "RateLimit-Policy": "`q` requests in `w` seconds",
}
HEADERS = {
    200: COUNTED,
    401: {"WWW-Authenticate": "`Bearer`"},
    429: COUNTED | {"Retry-After": "Seconds after which to ask again"},
    503: {"Retry-After": "Seconds after which to ask again, if that can help"},
}


def of_texts(kinds: Kinds) -> Schema:
    """What FastAPI is to say about an address that answers with texts."""
    references = [{"$ref": REF.format(model=kind.model.__name__)} for kind in kinds.of.values()]
    examples = {kind.writer: {"summary": kind.writer, "value": kind.example()} for kind in kinds.of.values()}
    body = {"schema": references[0] if len(references) == 1 else {"oneOf": references}, "examples": examples}
    stream = {"text/event-stream": {"schema": EVENT, "example": events.EXAMPLE}}
    answers: Schema = {
        str(status): {"model": Fault, "description": said, "headers": _headers(status)}
        for status, said in FAULTS.items()
    }
    text: Schema = {"description": "The text", "content": stream, "headers": _headers(200)}
    return {
        "response_model": Written,
        "responses": answers | {"200": text},
        "openapi_extra": {
            "requestBody": {"required": True, "content": {"application/json": body}},
            "security": [{name: []} for name in TOKEN],
        },
    }


def _event(name: str) -> Schema:
    data: Schema = {"$ref": REF.format(model=EVENTS[name].__name__)}
    said: Schema = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {
        "type": "object",
        "required": ["event", "data"],
        "properties": {"event": {"const": name}, "data": said},
    }


EVENT: Schema = {
    "description": "One event. There are as many as it takes; the last one is `done` or `error`",
    "oneOf": [_event(name) for name in EVENTS],
}


def described(app: FastAPI, release: Release, asked: list[Kinds]) -> Schema:
    """The whole description; its version is the version of the first writer."""
    version = release.writers[0].version
    schema = get_openapi(title=release.title, version=version, description=ABOUT, routes=app.routes)
    models = [kind.model for kinds in asked for kind in kinds.of.values()]
    modes: list[Any] = [(each, "validation") for each in models]
    modes += [(each, "serialization") for each in EVENTS.values()]
    _, parts = models_json_schema(modes, ref_template=REF)
    parts["$defs"]["Fault"]["properties"]["code"]["enum"] = sorted(STATUS)
    schema["components"]["schemas"] |= parts["$defs"]
    schema["components"]["securitySchemes"] = TOKEN
    return schema


def _headers(status: int) -> Schema:
    said = HEADERS.get(status, {})
    return {name: {"description": each, "schema": {"type": "string"}} for name, each in said.items()}
