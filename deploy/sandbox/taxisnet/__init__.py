"""TaxisNet's OAuth 2.0 servers: plain OAuth, no OIDC, no PKCE, answers as the Spring original gives them."""
