"""GitHub Actions here, as far as this project's workflows use it: what it does not know is an error.

values, expressions   `${{ }}`: its loose values, its grammar and functions
keys                  which keys a workflow, a job, a step and an action may have
site                  the repositories with their settings, what runs leave: artifacts, releases, attestations
workflow              a run: trigger, inputs, concurrency, jobs in order, a re-run of what failed
job                   one job: environment, approval, permissions, identity, a fresh workspace
steps                 a step: really run in bash, or an action
pinned                what the pinned actions do
programs/             `gh`, as a job finds it on its PATH
world                 the repositories, the Hub and the tiny recipe that the tests release
rules, duties         what must be true of the workflows as they are written, and what each job does
mutants               the workflows with one thing wrong
"""
