"""What ``liqu-server`` can do, one verb a file: ``HELP``, ``options(parser)``, ``do(asked) -> int``."""
