"""Passkeys: sign-in, and showing in person that it is oneself, by a key that never leaves its device."""
