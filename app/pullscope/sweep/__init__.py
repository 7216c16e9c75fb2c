"""Sweeps: one image pulled again and again with different settings, to find out which are best."""
