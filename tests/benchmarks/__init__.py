"""What this project does beside others who do the same: `make bench`, or `python -m tests.benchmarks NAME`.

record      what a benchmark leaves: one typed file in results/
page        RESULTS.md, rendered from them (results.md.jinja)
prepare, tune, evaluate, release, space, hub, rehearsal    the benchmarks; NAME_side.py is what runs apart
"""
