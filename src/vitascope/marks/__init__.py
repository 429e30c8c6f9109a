"""The register of marks of a house with a database: one for all its desks and workers."""
