"""A dataset in; an adapter with the prompt it was trained on out."""
