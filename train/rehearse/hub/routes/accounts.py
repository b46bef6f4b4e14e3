"""Who am I, and what may I see or change?"""

from __future__ import annotations

from hashlib import sha1

from starlette.responses import JSONResponse, Response

from train.rehearse.hub.call import Call
from train.rehearse.hub.routing import Route


async def whoami(call: Call) -> Response:
    """The account behind the token."""
    account = call.signed_in()
    return JSONResponse(
        {
            "type": "user",
            "id": sha1(account.name.encode(), usedforsecurity=False).hexdigest()[:24],
            "name": account.name,
            "fullname": account.name,
            "email": f"{account.name}@users.noreply.huggingface.co",
            "emailVerified": True,
            "canPay": False,
            "isPro": False,
            "orgs": [],
            "auth": {
                "type": "access_token",
                "accessToken": {"displayName": "embedded Hub", "role": account.role},
            },
        }
    )


async def may_read(call: Call) -> Response:
    """Whether the account may read the repository."""
    call.home()
    return JSONResponse({})


async def may_write(call: Call) -> Response:
    """Whether the account may write to the repository."""
    call.writable()
    return JSONResponse({})


ROUTES = (
    Route("GET", "/api/whoami-v2", whoami),
    Route("GET", "/api/{kind}/{repo}/auth-check", may_read),
    Route("GET", "/api/{kind}/{repo}/auth-check/write", may_write),
)
