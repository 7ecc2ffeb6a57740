"""Everybody's mailbox: an SMTP server that keeps what it accepts, and shows it to scripts and people."""
