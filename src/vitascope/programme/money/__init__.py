"""Money on paper: the journal, splits, rates, royalties, statements and files for a bank."""
