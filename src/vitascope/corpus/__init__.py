"""From packages of licensed art to captioned, composed clips."""
