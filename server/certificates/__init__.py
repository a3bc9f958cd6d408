"""The edge where certificates become files: set with Typst, signed with pyHanko."""
