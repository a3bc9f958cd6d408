"""The server: the one place that decides anything."""

__version__ = "0.1.0"
