"""Use your data rights over photos that end up in AI training."""

__version__ = "0.1.0"
