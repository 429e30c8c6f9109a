"""How a leaked key is noticed on use, by sums a person can check, and what follows from it."""
