"""The public demo: a page for everybody that holds a guest pass, and speaks to a server as any program would."""
