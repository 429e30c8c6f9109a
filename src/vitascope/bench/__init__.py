"""Seconds and memory of a clip on this machine."""
