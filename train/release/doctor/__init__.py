"""`doctor`: what is wrong with an adapter, ours or anybody's, and how to mend it.

reading.py (from the Hub or a folder) → patient.py → files, base, weights, words, card (pure) → cli.py
"""
