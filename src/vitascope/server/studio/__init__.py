"""The studio: where somebody who is signed in orders films, watches them come, keeps them and releases them."""
