"""Checking the metadata of a card."""

from __future__ import annotations

from starlette.responses import JSONResponse, PlainTextResponse, Response

from train.rehearse.hub.call import Call
from train.rehearse.hub.card_rules import Verdict, check_card
from train.rehearse.hub.names import kind_named
from train.rehearse.hub.routing import Route


async def validate(call: Call) -> Response:
    """Errors and warnings: as JSON, whatever the status, or as text if the client asks for text."""
    fields = await call.fields()
    verdict = check_card(fields.text("content"), kind_named(fields.text("repoType", "model")))
    status = 400 if verdict.errors else 200
    if call.request.headers.get("accept") == "text/plain":
        return PlainTextResponse(_as_text(verdict), status)
    body = {
        "errors": [{"message": message} for message in verdict.errors],
        "warnings": [{"message": message} for message in verdict.warnings],
    }
    return JSONResponse(body, status)


def _as_text(verdict: Verdict) -> str:
    errors = [f"- Error: {message}" for message in verdict.errors]
    return "\n".join([*errors, *(f"- Warning: {message}" for message in verdict.warnings)])


ROUTES = (Route("POST", "/api/validate-yaml", validate),)
