"""What clients send on their own, wanting nothing back."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call
from train.rehearse.hub.routing import Route


async def harnesses(_call: Call) -> Response:
    """No agent is known here."""
    return JSONResponse({"standardEnvVars": [], "harnesses": {}})


async def swallow(_call: Call) -> Response:
    """Thank you."""
    return Response()


ROUTES = (
    Route("GET", "/api/agent-harnesses", harnesses),
    Route("GET", "/api/telemetry/{path}", swallow),
    Route("POST", "/v1/telemetry", swallow),
)
