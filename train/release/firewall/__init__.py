"""The firewall: what every file of a version must be before its first byte leaves this machine.

- `check.py` is the entry: all findings of a version at once, as one refusal.
- `names.py`, `sizes.py`, `disguise.py`: which files there may be, how large, and that none is another kind's.
- `weights.py`, `gguf_file.py`, `rows.py`, `drawings.py`, `documents.py`, `code.py`: each kind of file opened.
- `texts.py` with `owned.py` and `coded.py`: secrets, personal data, this machine's own names, in every text.
- `seals.py`, `evidence.py`: cards, sums, provenance, results and verdict belong to these very files.
"""
