"""`setup`: what a first release needs once: repositories, who may publish to them, and who approves."""
