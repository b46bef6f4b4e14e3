"""From results to one version of three repositories, and what can be done with it afterwards.

`bundle`    bundle (the stage), results, contents, describe, measured, pictures, tables, sourced, traced,
            terms, existing (what others wrote on the Hub), provenance, code
`release`   publish (the stage), order (what is asked), plan (a look before any write), forecast (--dry-run);
            part (the steps of one repository), hub (writes that look first), repository (reads), words,
            standing (what is done, what is left); payload and firewall/ (what may leave); report
the Space   pins (its release.json), serving (wait until it runs), asking, demo_pin (back to a good one)
afterwards  published/ (verify, diff, sign, yank, rollback, promote), doctor/ (anybody's adapter)
around it   setup/ (before the first release), pipeline/ (for the workflows)
"""
