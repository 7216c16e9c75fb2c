"""Pullscope pulls OCI images in parts, shows the pull as it happens, and tunes it."""

__version__ = "0.1.0"
