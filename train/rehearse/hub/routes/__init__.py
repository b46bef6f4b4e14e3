"""Everything the Hub answers, by area."""

from train.rehearse.hub.routes import (
    accounts,
    cards,
    commits,
    files,
    info,
    lfs,
    listing,
    pages,
    probes,
    refs,
    repositories,
    trees,
    xet,
)

ROUTES = (
    *accounts.ROUTES,
    *probes.ROUTES,
    *cards.ROUTES,
    *repositories.ROUTES,
    *listing.ROUTES,
    *commits.ROUTES,
    *refs.ROUTES,
    *trees.ROUTES,
    *xet.ROUTES,
    *lfs.ROUTES,
    *info.ROUTES,
    *files.ROUTES,
    *pages.ROUTES,
)
