"""Cleaning rules by what they look at; `clean.py` says in which order they run."""
