"""What is said twice: texts and paragraphs as numbers that can be compared."""
