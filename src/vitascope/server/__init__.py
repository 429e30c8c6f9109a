"""The front desk: speaks the Sora API over HTTP, writes orders into the book, hands out what workers made."""
