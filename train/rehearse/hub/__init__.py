"""The embedded Hub: a loopback server that unmodified clients cannot tell from the real one.

Where to look. A request goes from `app` (log, faults, limits) by `routing` to a function in `routes/`, one
file an area, which gets it as a `call` and answers or raises one of `errors`.

the process   cli, asking, serve, process (as tests start it), control, hub, services, disk, fields
who           accounts, rights, access (gated repositories), publishers, oidc (trusted publishing), signing
repositories  store, home, records (what is kept beside git), names, defaults, copying, describe
git           repository, commit, drafts, snapshot, differences, large_files
uploads       uploads (what must be large), objects (LFS), xorbs, shards (Xet)
buckets       buckets, contents
cards         front_matter, card_rules, card_checks, card_values, model_index
discussions   discussions, pulls, discussion_facts
Spaces, Jobs  spaces, space, app_process, jobs, job, scheduled, cron, children, volumes, hardware, eventlog
going wrong   faults, striking, lagging, limits
seen          requestlog, logged, paging, page_facts, discussion_page, pages/ (the templates)
"""
