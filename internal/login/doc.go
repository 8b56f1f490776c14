// Package login speaks OpenID Connect with the municipality's log-in service: the code flow with PKCE and the query
// response mode, log-out that we begin (RP-initiated) and log-out that the service begins (back-channel).
//
// It knows the protocol and nothing else: no cookies, no database, no pages. What the service says is believed only when
// signed by a key that it publishes, and then for one log-in: state, nonce and PKCE verifier are made by [Provider.Begin],
// kept by the caller, and given to [Provider.Finish] once.
//
// Tokens are not kept. A service that does not answer is met again at the next question: those who have logged in already
// do not notice.
package login
