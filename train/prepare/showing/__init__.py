"""A corpus for a person to look at: the report, its picture, what was dropped, one document step by step."""
