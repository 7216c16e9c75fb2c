"""Traces: what a pull did, kept in memory, in files, and in the formats of other tools."""
