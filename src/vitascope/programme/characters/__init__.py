"""Kept characters: who made which, who may have it in their videos, and what is owed to whom it shows."""
