// SPDX-License-Identifier: MIT
// node: Node's tls over a pair of streams in memory, at the same work as peer.c;
// writing and reading cannot be told apart. The process's CPU time, because the
// runtime has threads of its own.
'use strict';
const fs = require('fs');
const path = require('path');
const tls = require('tls');
const { Duplex } = require('stream');

const ROUNDS = 15;
const ROUND_BYTES = 1024 * 1024;
const MAX_MESSAGES = 2048;
const HANDSHAKES = 20;
const dir = process.argv[2];
const load = (name) => fs.readFileSync(path.join(dir, name));
const common = {
  minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256',
  ecdhCurve: 'X25519',
};
const server = tls.createSecureContext({
  ...common, cert: load('server-ecdsa.pem'), key: load('server-ecdsa.key'),
});
const client = tls.createSecureContext({ ...common, ca: load('ca.pem') });

// What is written to one end can be read from the other.
class End extends Duplex {
  _read() {}
  _write(chunk, _encoding, done) {
    this.other.push(chunk);
    done();
  }
}

function need(isTrue, what) {
  if (isTrue) return;
  console.error(`${what} failed`);
  process.exit(1);
}

async function open() {
  const a = new End();
  const b = new End();
  a.other = b;
  b.other = a;
  const there = new tls.TLSSocket(b, { isServer: true, secureContext: server });
  const isSecure = new Promise((done) => { there.once('secure', done); });
  const here = tls.connect({
    socket: a, secureContext: client, servername: 'localhost',
  });
  await new Promise((done, fail) => {
    here.once('secureConnect', done);
    here.once('error', fail);
  });
  await isSecure;
  need(here.authorized, 'verifying');
  return { here, there };
}

function close(pair) {
  pair.here.destroy();
  pair.there.destroy();
}

function nowNs() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

// One message at a time: the next is written when the last has been read.
function exchange({ here, there }, message, count) {
  return new Promise((done) => {
    let left = count;
    let got = 0;
    const began = nowNs();
    const onData = (chunk) => {
      got += chunk.length;
      if (got < message.length) return;
      need(got === message.length, 'reading what was written');
      got = 0;
      if (--left > 0) {
        here.write(message);
      } else {
        there.off('data', onData);
        done(nowNs() - began);
      }
    };
    there.on('data', onData);
    here.write(message);
  });
}

async function shake(count) {
  const began = nowNs();
  for (let i = 0; i < count; i++) close(await open());
  return nowNs() - began;
}

async function median(run, count) {
  const costs = [];
  await run(count);
  for (let i = 0; i < ROUNDS; i++) costs.push(await run(count) / count);
  return costs.sort((a, b) => a - b)[ROUNDS >> 1];
}

async function main() {
  console.log('# Node', process.version, 'with OpenSSL', process.versions.openssl);
  for (const size of [64, 16384]) {
    const pair = await open();
    const message = Buffer.alloc(size, 'x');
    const count = Math.min(ROUND_BYTES / size, MAX_MESSAGES);
    need(pair.here.getCipher().name === 'TLS_AES_128_GCM_SHA256', 'the suite');
    const cost = await median((n) => exchange(pair, message, n), count);
    console.log(`both_1.3_${size},node,${cost.toPrecision(4)},ns`);
    close(pair);
  }
  const cost = await median(shake, HANDSHAKES);
  console.log(`handshake_1.3,node,${(cost / 1000).toPrecision(4)},us`);
}

main();
