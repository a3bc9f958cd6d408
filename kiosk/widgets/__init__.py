"""The kiosk's own small widgets, and the pen that places them."""
