"""The programs that a sweep can pull with: how each is told to, and which settings it knows.

A module each; `programs` names them all.
"""
