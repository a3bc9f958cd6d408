"""The rules of the flow, an idea a file; ``kiosk.flow`` puts them together. All pure."""
