"""Permission, licence, consent and the public log: who may do what with which work."""
