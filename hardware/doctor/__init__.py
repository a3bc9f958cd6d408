"""``liqu-doctor``: looks at a machine's parts one by one and says what to do about each."""
