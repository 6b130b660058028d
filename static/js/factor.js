/* Security keys: asks the browser what the server wrote into data-wish and sends its answer with the form. Without this file, or in a
   browser that knows no keys, the form stays hidden and codes do. */
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => Object.assign({}, one, { id: bytes(one.id) }));
  const wishOf = (form) => {
    const wish = JSON.parse(form.dataset.wish);
    wish.challenge = bytes(wish.challenge);
    if (wish.user) wish.user.id = bytes(wish.user.id);
    if (wish.excludeCredentials) wish.excludeCredentials = known(wish.excludeCredentials);
    if (wish.allowCredentials) wish.allowCredentials = known(wish.allowCredentials);
    return { publicKey: wish };
  };
  const answerOf = (found) => {
    const said = found.response;
    const response = { clientDataJSON: text(said.clientDataJSON) };
    if (said.attestationObject) response.attestationObject = text(said.attestationObject);
    if (said.authenticatorData) response.authenticatorData = text(said.authenticatorData);
    if (said.signature) response.signature = text(said.signature);
    return JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults: {} });
  };
  document.querySelectorAll("[data-factor]").forEach((form) => {
    form.hidden = false;
    form.querySelectorAll("[data-with-key]").forEach((button) => { button.hidden = false; });
    document.querySelectorAll("[data-factor-none]").forEach((line) => { line.hidden = true; });
    const failed = form.querySelector("[data-factor-failed]");
    form.addEventListener("submit", (event) => {
      if (form.elements.answer.value || (event.submitter && event.submitter.hasAttribute("data-plain"))) return;
      event.preventDefault();
      failed.hidden = true;
      navigator.credentials[form.dataset.factor](wishOf(form)).then(
        (found) => { form.elements.answer.value = answerOf(found); form.submit(); },
        () => { failed.hidden = false; });
    });
  });
})();
