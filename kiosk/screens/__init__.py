"""One drawing a screen: each reads the state and places widgets with a pen; none decides anything."""
