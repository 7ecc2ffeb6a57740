"""What is true whatever the database says: pure functions over plain values."""
