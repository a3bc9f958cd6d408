"""Codes from cameras, serial scanners and scanners that type: one ``Scanner`` protocol, drivers by name.

``registry.open_scanner`` opens one by its configuration; ``decode.read_codes`` reads one picture.
"""
