"""What ``liqu-server`` can do, one verb a file. Each has ``HELP``, ``options(parser)`` and ``do(asked) -> int``."""
