"""Saying things aloud: one ``Speaker`` protocol, its drivers by name, and the voice pack they speak with.

``voice-pack`` joins recorded clips, ``espeak`` speaks any sentence, ``file`` writes what it would say as
WAV files, ``silent`` only remembers. ``registry.open_speaker`` opens one by its name.
"""
