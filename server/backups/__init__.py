"""Backups: one file that holds all of an installation, tried out when made and again before used."""
