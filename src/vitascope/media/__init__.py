"""Pixels to files and back."""
