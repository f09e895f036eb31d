/** The one script of these pages: carries WebAuthn between the browser and the server. Served as a file, never inline. */
export const PASSKEY_SCRIPT = `'use strict'
const say = (text) => {
  const place = document.querySelector('[data-passkey-problem]')
  if (place) { place.textContent = text; place.hidden = false }
}
const post = async (path, body) => {
  const answer = await fetch(path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error((await answer.json()).detail)
  return answer.json()
}
const signIn = async (button) => {
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(await post('/auth/passkey/challenge', { purpose: 'sign-in' }))
  const response = await navigator.credentials.get({ publicKey: { ...options, userVerification: 'required' } })
  await post('/auth/passkey/sign-in', { response: response.toJSON() })
  location.assign(button.dataset.next)
}
const register = async () => {
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(await post('/auth/passkey/challenge', { purpose: 'register' }))
  const response = await navigator.credentials.create({ publicKey: options })
  const name = document.querySelector('[data-passkey-name]').value
  await post('/auth/passkey/add', { response: response.toJSON(), name })
  location.reload()
}
for (const button of document.querySelectorAll('[data-passkey]')) {
  if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) continue
  button.hidden = false
  button.addEventListener('click', async () => {
    button.disabled = true
    try {
      await (button.dataset.passkey === 'register' ? register() : signIn(button))
    } catch (error) {
      say(error.name === 'NotAllowedError' ? 'No passkey was used.' : error.message)
      button.disabled = false
    }
  })
}
`
