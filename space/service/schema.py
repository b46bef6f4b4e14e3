"""The service's own OpenAPI description: the typed requests of this Space's writers, and every answer."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from release import Release
from service import events
from service.answers import Fault, Health, Written
from service.asks import Kinds

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


def of_texts(kinds: Kinds) -> Schema:
    """What FastAPI is to say about an address that answers with texts."""
    references = [{"$ref": REF.format(model=kind.model.__name__)} for kind in kinds.of.values()]
    examples = {kind.writer: {"summary": kind.writer, "value": kind.example()} for kind in kinds.of.values()}
    body = {"schema": references[0] if len(references) == 1 else {"oneOf": references}, "examples": examples}
    stream = {"text/event-stream": {"schema": {"type": "string"}, "example": events.EXAMPLE}}
    answers = {str(status): {"model": Fault, "description": said} for status, said in FAULTS.items()}
    return {
        "response_model": Written,
        "responses": answers | {"200": {"description": "The text", "content": stream}},
        "openapi_extra": {
            "requestBody": {"required": True, "content": {"application/json": body}},
            "security": [{name: []} for name in TOKEN],
        },
    }


def described(app: FastAPI, release: Release, asked: list[Kinds]) -> Schema:
    """The whole description; its version is the version of the first writer."""
    first = release.writers[0]
    schema = get_openapi(title=first.title, version=first.version, description=ABOUT, routes=app.routes)
    models = [kind.model for kinds in asked for kind in kinds.of.values()]
    _, requests = models_json_schema([(each, "validation") for each in models], ref_template=REF)
    schema["components"]["schemas"] |= requests["$defs"]
    schema["components"]["securitySchemes"] = TOKEN
    return schema
