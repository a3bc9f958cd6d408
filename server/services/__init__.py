"""Use cases: load → decide → save → publish; one file a family."""
