// @ts-nocheck: Swagger UI comes without types.
// Its own file, because the page's policy lets no inline script run.
window.SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayOperationId: true,
  defaultModelsExpandDepth: 0,
  filter: true,
  persistAuthorization: false,
  // The default validator is a service on the net.
  validatorUrl: null,
});
