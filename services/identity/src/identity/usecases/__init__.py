"""One module per aggregate, one function per story. They are handed a session and never commit."""
