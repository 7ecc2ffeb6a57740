"""From what a fact says to a mail, without database or network: the same input gives the same mail."""
