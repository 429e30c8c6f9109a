"""The calls of the API, one file per group; each turns a request into one transaction and its result into JSON."""
