// The certified `oidc-provider` of npm as an independent peer: `node oidc_peer.mjs SETTINGS.json`.
// Settings: {port, client: {client_id, jwks, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri}}.
import fs from 'node:fs';
import http from 'node:http';
import Provider from 'oidc-provider';

const settings = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));

// The peer refuses to call addresses of this machine, and Node does not resolve *.localhost: both are the test's place.
function callThisMachine(address, { method = 'GET', headers = {}, body } = {}) {
  const url = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { host: '127.0.0.1', port: url.port, path: url.pathname + url.search, method,
        headers: { ...Object.fromEntries(new Headers(headers)), host: url.host } },
      (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
          const text = Buffer.concat(parts);
          resolve(new Response(text.length ? text : null, { status: answer.statusCode }));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body ? body.toString() : undefined);
  });
}

const provider = new Provider(`http://127.0.0.1:${settings.port}`, {
  clients: [{
    ...settings.client,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'RS256',
    backchannel_logout_session_required: true,
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  // Everybody's groups are the part of their name before the full stop: `visitors.bo` is in `visitors`.
  findAccount: async (_ctx, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: `Invented ${id}`, email: `${id}@peer.example`, groups: [id.split('.')[0]] }),
  }),
  claims: { openid: ['sub'], email: ['email'], profile: ['name', 'groups'] },
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  fetch: callThisMachine,
  pkce: { required: () => true },
  cookies: { keys: ['invented-for-a-test'] },
});
provider.on('server_error', (_ctx, error) => console.error('SERVER_ERROR', error));
provider.on('backchannel.success', () => console.log('told'));
provider.on('backchannel.error', (_ctx, error) => console.log('not told', error.message));
provider.listen(settings.port, '127.0.0.1', () => console.log('ready'));
