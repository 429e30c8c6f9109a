"""Vitascope: a Sora that artists can own."""
