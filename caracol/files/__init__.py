"""Files that people hand in: looked at, cleaned and sealed while they arrive, and never on the disk as they came."""
