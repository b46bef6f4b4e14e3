"""`new`: four questions, and a recipe that works.

cli.py (flags, questions) → texts.py (what lies at a place), kinds.py (what is written), bases.py (what
trains where) → recipe.yaml.jinja
"""
