"""Keys and sealed things: who can open what, and how it is destroyed."""
