"""Consent for training: works people put in, signals found in them, snapshots, and the papers made from these."""
