"""What is measured, with the command that measures it; never part of the tests."""
