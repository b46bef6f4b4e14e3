"""Sources in; clean, deduplicated, split rows out, and a reason for every row that is not."""
