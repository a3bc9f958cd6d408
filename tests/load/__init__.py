"""A load generator that plays a city: halls with all their people, screens and phones."""
