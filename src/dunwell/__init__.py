"""Dunwell: credit and collections, as a library and as a system of record."""

__version__ = "0.1.0"
