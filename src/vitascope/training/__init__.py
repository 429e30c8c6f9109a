"""From cleared works to weights, and how good they are."""
