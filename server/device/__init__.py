"""A device's own end of the wire: who it is, how it pairs, what it is asked to do.

Both apps need the same of these, and may not know each other; it imports the wire types and the standard
library only, so that a display needs no library more (docs/decisions/021-the-devices-end-of-the-wire.md).
"""
