"""Parse, load one room, print."""
