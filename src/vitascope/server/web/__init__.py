"""The programme's page for people: signing in, and what is one's own; server-rendered, with one plain ES module."""
