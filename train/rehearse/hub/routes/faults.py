"""What is to go wrong from now on; for the owner of this Hub, not for clients."""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import JSONResponse, Response

from train.errors import ImprintError
from train.rehearse.hub.call import Call
from train.rehearse.hub.errors import bad_request, forbidden
from train.rehearse.hub.faults import CONTROL
from train.rehearse.hub.routing import Route


async def arm(call: Call) -> Response:
    """These faults and no others are in force."""
    check_owner(call)
    try:
        call.hub.services.faults.arm((await call.fields()).texts("faults"))
    except ImprintError as error:
        raise bad_request(str(error)) from error
    return _armed(call)


async def armed(call: Call) -> Response:
    """The faults in force, with how many requests they matched and struck."""
    check_owner(call)
    return _armed(call)


def check_owner(call: Call) -> None:
    """Refuse everybody but the first account of this Hub."""
    owner = call.hub.accounts.known[0]
    if call.signed_in().token != owner.token:
        raise forbidden(f"Only {owner.name}, the first account of this Hub, may do that.")


def _armed(call: Call) -> Response:
    return JSONResponse({"faults": [asdict(fault) for fault in call.hub.services.faults.armed()]})


ROUTES = (Route("PUT", CONTROL, arm), Route("GET", CONTROL, armed))
