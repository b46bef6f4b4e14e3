"""The service that others call: typed requests, tokens, limits and events around the Studio that writes.

`body` (what was sent) → `keys` (who may ask) → `asks` (typed requests, made from the forms)
→ `writing` (an order in work) → `answers`, `events`, `faults` (what comes back). `routes` puts them together;
`schema` and `document` describe them.
"""

import os

from fastapi import FastAPI
from starlette.routing import Route

from orders import Studio
from rates import Rates
from service.keys import Keys
from service.routes import PATHS, Service, build
from service.writing import Room


def attach(app: FastAPI, studio: Studio, rates: Rates) -> None:
    """Answer the service's paths in `app`, before its own; the Space's secrets say who may write."""
    routes = build(Service(studio, Keys.of(os.environ), rates, Room(studio)))
    below = [f"{path}/{{rest:path}}" for path in PATHS]  # where nothing is, and the service says so
    app.router.routes[:0] = [Route(path, routes) for path in (*PATHS, *below)]
