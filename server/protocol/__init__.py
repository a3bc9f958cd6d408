"""What crosses the wire: views, commands, errors, topics. Imports nothing else of ours."""
