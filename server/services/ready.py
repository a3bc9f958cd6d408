"""What follows when an order has come to a new state: its pick-up code, and what its customer is told."""

from __future__ import annotations

from server.store.orders import Order

from .work import Ledger


def changed(ledger: Ledger, before: Order, now: Order) -> None:
    """``before`` has become ``now``, in the transaction of ``ledger``."""
