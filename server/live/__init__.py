"""The websocket hub: topics, conflated fan-out, wake-ups between processes."""
