"""The only doors to the database, to the files and to the house's own secret."""
