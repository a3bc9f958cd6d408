"""HTTP and the websocket endpoint: parses, asks a use case, answers. No rule of the queue is here."""
