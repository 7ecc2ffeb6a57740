"use strict";
// A file of its own: the policy on every answer allows no inline script.
SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#contract", deepLinking: true, validatorUrl: null });
