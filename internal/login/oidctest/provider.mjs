// The log-in service of the tests: oidc-provider, a certified implementation, as it comes. It is told what it needs in the
// environment, and says on standard output where it listens. Each start makes a new signing key.
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import Provider from "oidc-provider";

const given = JSON.parse(process.env.OIDCTEST);
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });

const server = createServer((request, response) => provider.callback()(request, response));
let provider;
server.listen(given.port, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, {
    clients: [{
      client_id: given.client,
      client_secret: given.secret,
      redirect_uris: [given.return],
      post_logout_redirect_uris: [given.left],
      backchannel_logout_uri: given.backchannel,
      backchannel_logout_session_required: true,
      response_types: ["code"],
      grant_types: ["authorization_code"],
      id_token_signed_response_alg: "ES256",
    }],
    jwks: { keys: [{ ...key, use: "sig", alg: "ES256", kid: randomUUID() }] },
    cookies: { keys: [randomUUID()] },
    // The account's id is what is typed in the form; its groups are those that the test gives it.
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Namn på ${id} (påhittat)`, groups: given.groups[id] || [] }) }),
    claims: { openid: ["sub"], profile: ["name"], groups: ["groups"] },
    scopes: ["openid", "profile", "groups"],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    // The client that it tells of a log-out is on this machine, which it would otherwise keep from calling; and the machine may
    // be slower than the 2.5 seconds that it would wait.
    fetch: (url, { dispatcher, signal, ...options }) => globalThis.fetch(url, options),
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
  });
  provider.on("backchannel.error", (_, error) => console.error("backchannel:", error.message, error.cause?.message ?? ""));
  provider.on("server_error", (_, error) => console.error("server:", error));
  console.log(JSON.stringify({ issuer }));
});
process.stdin.on("end", () => process.exit(0)).resume(); // the test is gone
