"""The program that makes the videos that were ordered."""
