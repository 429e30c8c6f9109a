"""The torch networks; imported only by training and by the torch runtime."""
