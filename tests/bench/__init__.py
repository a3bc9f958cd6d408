"""``make bench``: figures as ratios to a yardstick in the same run, absolute values beside them."""
