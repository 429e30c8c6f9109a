"""Who may ask what: keys, scopes, limits and quotas."""
