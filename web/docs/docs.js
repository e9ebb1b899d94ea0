// Shows /openapi.json in the embedded viewer; validatorUrl null keeps it from calling a public validator. Without the viewer
// (`make web` was not run) it lists the operations.
const at = document.getElementById("docs");

if (window.SwaggerUIBundle) {
  window.SwaggerUIBundle({ url: "/openapi.json", domNode: at, validatorUrl: null, deepLinking: true, persistAuthorization: false });
} else {
  const doc = await (await fetch("/openapi.json")).json();
  const list = document.createElement("ul");
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(methods)) {
      const item = document.createElement("li");
      item.textContent = `${method.toUpperCase()} ${path} — ${op.summary ?? ""}`;
      list.append(item);
    }
  }
  at.append(list);
}
