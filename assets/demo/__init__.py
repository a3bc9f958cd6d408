"""The demo hall: its plan, and what runs it on one machine."""
