// Watches from a page of a real browser, by its WebSocket and its EventSource: a headless Chromium
// opens a page of the daemon, and what follows runs in there. It is steered over its debugging
// socket, with the package ws.
//
// Usage: node browser.js CHROMIUM http://host:port LAST_POSITION BALANCE
'use strict';
const {spawn} = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const WebSocket = require('ws');
const [, , program, url, lastText, balance] = process.argv;
const last = Number(lastText);

// Runs in the page.
async function inThePage(last) {
  const entries = (from, until) => new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${location.host}/v1/watch`);
    const seen = [];
    socket.onopen = () =>
      socket.send(JSON.stringify({watch: 'entries', accounts: ['acme'], from}));
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (seen[seen.length - 1] >= until) return;
      if (message.type === 'entry') seen.push(message.position);
      if (message.position >= until) socket.close(1000);
    };
    socket.onclose = (event) => (event.code === 1000 ? resolve(seen) : reject(event.code));
  });
  const events = (query, type, until) => new Promise((resolve, reject) => {
    const source = new EventSource(`/v1/watch/sse?accounts=acme&${query}`);
    const seen = [];
    source.addEventListener(type, (event) => {
      seen.push([Number(event.lastEventId), JSON.parse(event.data)]);
      if (Number(event.lastEventId) < until) return;
      source.close();
      resolve(seen);
    });
    source.onerror = () => reject('the events broke');
  });
  const first = await entries(0, Math.floor(last / 2));
  const second = await entries(first[first.length - 1], last);
  const told = await events('watch=entries&from=0', 'entry', last);
  const snapshot = await events('watch=balances', 'snapshot', 0);
  return {
    socket: first.concat(second),
    events: told.map(([id]) => id),
    balance: snapshot[0][1].balance,
  };
}

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'packledger-browser-'));
const browser = spawn(program, ['--headless=new', '--no-sandbox', '--disable-gpu',
  '--disable-dev-shm-usage', '--remote-debugging-port=0', '--user-data-dir=' + directory,
  'about:blank'], {stdio: ['ignore', 'ignore', 'pipe']});

function end(code, text) {
  console.log(text);
  browser.on('exit', () => {
    fs.rmSync(directory, {recursive: true, force: true});
    process.exit(code);
  });
  browser.kill('SIGKILL');
}
setTimeout(() => end(1, 'nothing came for 60 s'), 60000).unref();

let heard = '';
browser.stderr.on('data', (piece) => {
  const before = heard;
  heard += piece;
  const line = /DevTools listening on (ws:\S+)/;
  if (!line.test(before) && line.test(heard)) steer(line.exec(heard)[1]);
});

function steer(address) {
  const socket = new WebSocket(address);
  const waiting = new Map();
  let asked = 0;
  const ask = (method, params, sessionId) => new Promise((resolve) => {
    waiting.set(++asked, resolve);
    socket.send(JSON.stringify({id: asked, method, params, sessionId}));
  });
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (waiting.has(message.id)) waiting.get(message.id)(message.result || message.error);
  });
  socket.on('open', async () => {
    const {targetId} = await ask('Target.createTarget', {url: url + '/healthz'});
    const {sessionId} = await ask('Target.attachToTarget', {targetId, flatten: true});
    for (let href = ''; !href.startsWith(url);) {
      const answer = await ask('Runtime.evaluate', {expression: 'location.href'}, sessionId);
      href = answer.result.value;
    }
    const answer = await ask('Runtime.evaluate',
      {expression: `(${inThePage})(${last})`, awaitPromise: true, returnByValue: true}, sessionId);
    const saw = answer.result && answer.result.value;
    if (!saw || !saw.socket) return end(1, 'the page failed: ' + JSON.stringify(answer));
    const whole = (seen) => seen.length === last - 1 && seen.every((id, i) => id === i + 2);
    if (!whole(saw.socket) || !whole(saw.events) || saw.balance !== balance)
      return end(1, 'the page saw something else: ' + JSON.stringify(saw).slice(0, 200));
    end(0, `${saw.socket.length} entries once and in order over a cut by WebSocket and by ` +
      `EventSource, balance ${balance}`);
  });
}
