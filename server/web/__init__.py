"""The pages: public ones (phone first), boards for television browsers, the staff desk, the manager's."""
