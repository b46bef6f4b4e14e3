"""The identity of workflows, and what it is exchanged for."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.accounts import bearer_token
from train.rehearse.hub.call import Call, in_thread
from train.rehearse.hub.errors import HubError
from train.rehearse.hub.fields import Fields
from train.rehearse.hub.oidc import VALID_S
from train.rehearse.hub.publishers import GITHUB, Resource, parse_resource, refused
from train.rehearse.hub.routes.faults import check_owner
from train.rehearse.hub.routing import Route

_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 (a name from RFC 8693)
_ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 (likewise)
_WORKFLOW = "workflow"
_STEP_VALID_S = 6 * 3600


async def exchange(call: Call) -> Response:
    """A token to one repository, for the identity of a workflow that is trusted for it."""
    fields = await call.fields()
    if fields.text("grant_type") != _EXCHANGE or fields.text("subject_token_type") != _ID_TOKEN:
        raise refused("Only an id_token can be exchanged here (RFC 8693).", "unsupported_grant_type")
    resource = _resource(fields)
    exchange = call.hub.services.exchange
    token = await in_thread(exchange.token, fields.text("subject_token"), resource, call.origin)
    body = {
        "access_token": token,
        "issued_token_type": _ACCESS_TOKEN,
        "token_type": "bearer",
        "expires_in": VALID_S,
    }
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


async def identity(call: Call) -> Response:
    """What a running workflow gets when it asks who it is: a token signed for one audience."""
    token = bearer_token(call.request.headers.get("authorization", ""))
    step = call.hub.signer.read(token, _WORKFLOW)
    if step is None:
        raise HubError(401, "This is no workflow's request token.")
    claims = Fields(step).object("claims")
    audience = call.request.query_params.get("audience", call.origin)
    issuer = call.hub.services.exchange.issuer
    return JSONResponse({"value": await in_thread(issuer.identity, claims, audience)})


async def workflow(call: Call) -> Response:
    """A workflow that runs from now on: the address and the token with which it asks who it is."""
    check_owner(call)
    claims = {name: str(value) for name, value in (await call.fields()).values.items()}
    token = call.hub.signer.token(_WORKFLOW, {"claims": claims}, _STEP_VALID_S)
    return JSONResponse({"url": f"{call.origin}/_actions/token", "token": token})


async def configuration(call: Call) -> Response:
    """What an issuer says of itself."""
    keys = f"{call.origin}/_actions/.well-known/jwks"
    return JSONResponse(
        {"issuer": GITHUB, "jwks_uri": keys, "id_token_signing_alg_values_supported": ["RS256"]}
    )


async def keys(call: Call) -> Response:
    """The public keys of the issuer."""
    return JSONResponse({"keys": [await in_thread(call.hub.services.exchange.issuer.jwk)]})


def _resource(fields: Fields) -> Resource:
    text = fields.text("resource")
    try:
        return parse_resource(text)
    except ValueError as error:
        raise refused(f'"{text}" names no repository of this Hub.', "invalid_target") from error


ROUTES = (
    Route("POST", "/oauth/token", exchange),
    Route("POST", "/api/_workflow", workflow),
    Route("GET", "/_actions/token", identity),
    Route("GET", "/_actions/.well-known/openid-configuration", configuration),
    Route("GET", "/_actions/.well-known/jwks", keys),
)
