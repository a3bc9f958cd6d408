"""The pure rules of the hall: no I/O, no clock, no randomness, no framework.

``decide(floor, command, now)`` answers with what happens or why not; ``evolve(floor, event)`` applies it.
"""
