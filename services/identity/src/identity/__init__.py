"""TaxisNet sign-in, employment, accounts, sessions, invitations."""
