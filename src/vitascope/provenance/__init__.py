"""The invisible mark, the seal, and finding origin again."""
