"""The web portal: server-rendered pages, a client of the gateway's API."""
