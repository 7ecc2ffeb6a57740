"""One module per resource, one function per operation of contracts/openapi/identity.yaml."""
