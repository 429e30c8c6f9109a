"""Who may do what: permissions, terms and holds as rows, and the gate that asks ``decide`` before anything happens."""
