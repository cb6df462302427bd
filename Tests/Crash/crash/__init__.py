"""The crash suite: `kill -9` at seeded random instants, and what is left of the copy then."""
