"""Random cities, people and acts against the ladder; what is forbidden is said here once more, apart from the rules."""
