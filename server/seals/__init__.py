"""The hall's seal: an Ed25519 key that lies in the data folder, for daily seals and day lists."""
