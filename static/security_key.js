// Security keys: the one thing here that no browser does without a script.
// A form with `data-security-key` ("get" or "create") and `data-options` (JSON, as WebAuthn writes it) shows its
// button, asks the browser for the key, puts the answer into its field, and sends itself as any other form.
"use strict";

function toBytes(text) {
  const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function named(credentials) {
  return (credentials || []).map((each) => ({ type: each.type, id: toBytes(each.id) }));
}

function asked(form) {
  const options = JSON.parse(form.dataset.options);
  options.challenge = toBytes(options.challenge);
  if (form.dataset.securityKey === "create") {
    options.user.id = toBytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
  } else {
    options.allowCredentials = named(options.allowCredentials);
  }
  return { publicKey: options };
}

function answerOf(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) {
      response[part] = toText(credential.response[part]);
    }
  }
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response };
}

function offer(form) {
  const button = form.querySelector("[data-use-key]");
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    form.querySelector("[data-no-key]").hidden = true;
    try {
      const credential = await navigator.credentials[form.dataset.securityKey](asked(form));
      form.elements.answer.value = JSON.stringify(answerOf(credential));
      form.submit();
    } catch {
      form.querySelector("[data-no-key]").hidden = false;
      button.disabled = false;
    }
  });
}

if (window.PublicKeyCredential) {
  document.querySelectorAll("form[data-security-key]").forEach(offer);
}
