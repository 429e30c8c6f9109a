"""Likenesses at work: whom an order asks, and what each render owes them."""
