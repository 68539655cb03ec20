// Watches with a WebSocket of Node: the package ws, or with "builtin" the one that Node brings,
// which is that of browsers. Entries over a cut, the newest balance, a clean close.
//
// Usage: node watch.js ws|builtin ws://host:port LAST_POSITION BALANCE
'use strict';
const [, , which, url, lastText, balance] = process.argv;
const last = Number(lastText);
const WebSocket = which === 'ws' ? require('ws') : globalThis.WebSocket;

function fail(what) {
  console.log(what);
  process.exit(1);
}
setTimeout(() => fail('nothing came for 30 s'), 30000).unref();

// Sends that, gives each message to `take` until it is content, then closes.
function watch(message, take) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url + '/v1/watch');
    socket.onopen = () => socket.send(JSON.stringify(message));
    socket.onmessage = (event) => {
      if (take(JSON.parse(event.data))) socket.close(1000);
    };
    socket.onerror = (event) => fail('an error: ' + event.message);
    socket.onclose = (event) => {
      if (event.code !== 1000) fail('closed with ' + event.code);
      resolve();
    };
  });
}

async function main() {
  if (!WebSocket) fail('this Node has no WebSocket');
  const seen = [];
  for (const until of [Math.floor(last / 2), last]) {
    const from = seen.length > 0 ? seen[seen.length - 1] : 0;
    await watch({watch: 'entries', accounts: ['acme'], from}, (message) => {
      const more = seen.length === 0 || seen[seen.length - 1] < until;
      if (message.type === 'entry' && more) seen.push(message.position);
      return seen[seen.length - 1] >= until;
    });
  }
  const wrong = seen.findIndex((position, i) => position !== i + 2);
  if (wrong >= 0 || seen.length !== last - 1) fail('positions are not 2 to ' + last);
  await watch({watch: 'balances', accounts: ['acme']}, (message) => {
    if (message.type !== 'snapshot' || message.balance !== balance)
      fail('told ' + JSON.stringify(message));
    return true;
  });
  console.log(`${seen.length} entries once and in order over a cut, balance ${balance}, closes`);
}

main();
