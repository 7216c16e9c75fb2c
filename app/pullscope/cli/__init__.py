"""The terminal view of a pull: progress, summary, exit status."""
