"""TLS: the installation's own small authority, the server's certificate, and how it is served and renewed."""
