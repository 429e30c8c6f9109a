"""Permissions that people give over what is theirs: their works, renders, likeness and manner."""
