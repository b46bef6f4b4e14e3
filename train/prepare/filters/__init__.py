"""What `keep` asks of a text, and what only the report notes."""
