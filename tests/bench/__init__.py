"""What an act costs, next to the bare database, the bare framework and the library's own way, in one run."""
