"""How messages leave the house: adapters to other systems' doors, and the file that sets them up.

An adapter satisfies ``server.services.outbox.Channel``. It never raises for what the other side does: its
answer is a definite yes, a definite no, or doubt.
"""
