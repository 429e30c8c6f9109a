"""What the model can be asked for: its world, its words, and how a sentence is read."""
