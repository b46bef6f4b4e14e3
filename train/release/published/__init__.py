"""Versions that are published, anybody's included: checked, compared, withdrawn, shown.

`place` finds the three repositories of a version from any one of them, `copy` fetches one as a
stranger would. `verify` puts together the checks of `sealed`, `stated`, `tagged`, `served`, `traceable`
and `signature`. `standing` knows which versions are good, `back` puts `main` to one of them:
`yank` and `rollback` are those two and words.
"""
