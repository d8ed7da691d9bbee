// Node clients: client.js '{"url": …, "modes": {"MODE": DEFLATE or null, …}, "connections": N, "size": BYTES}' opens N
// connections for each mode, all at once, and prints a report of each.

const crypto = require("crypto");
const WebSocket = require("ws");
const { passed, deflate, print } = require("./report.js");

const { url, modes, connections, size } = JSON.parse(process.argv[2]);

// prose is text that compresses, about as long as it is told.
function prose() {
  const words = ["culvert ", "frame ", "消息 ", "naïve ", "🌍 ", "wss ", "\n", "{\"id\": 1} "];
  const random = crypto.randomBytes(size / 6);
  return Array.from(random, (b) => words[b % words.length]).join("");
}

function talk(path, parameters, serverCloses) {
  const ws = new WebSocket(url + path, { perMessageDeflate: deflate(parameters) || false });
  const report = { path, sent: [], received: [] };
  let sent = false, pinged = false;
  const send = (...parts) => {
    const binary = Buffer.isBuffer(parts[0]);
    report.sent.push(passed(Buffer.concat(parts.map((part) => Buffer.from(part))), binary));
    parts.forEach((part, i) => ws.send(part, { binary, fin: i === parts.length - 1 }));
  };
  const finish = () => {
    if (!sent || !pinged || report.received.length < report.sent.length) return;
    sent = false; // once
    if (serverCloses) send("close");
    else ws.close(4001, "the client goes, 再见");
  };
  ws.on("upgrade", (answer) => { report.extensions = answer.headers["sec-websocket-extensions"]; });
  ws.on("open", () => {
    send("hello");
    send("");
    send("世界 🌍 naïve\u0000");
    send("hello"); // with context takeover it refers to the first
    send(Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
    ws.ping("from the client");
    send(prose());
    send(crypto.randomBytes(size));
    send("in ", "three ", "parts 🌍");
    send(crypto.randomBytes(70), crypto.randomBytes(70_000), Buffer.alloc(0), Buffer.alloc(200, "z"));
    sent = true;
    finish();
  });
  ws.on("message", (data, isBinary) => {
    report.received.push(passed(data, isBinary));
    finish();
  });
  ws.on("pong", (data) => {
    report.pong = data.toString();
    pinged = true;
    finish();
  });
  ws.on("error", (error) => { report.error = String(error); });
  ws.on("close", (code, reason) => print({ ...report, code, reason: reason.toString() }));
}

Object.entries(modes).forEach(([mode, parameters], i) => {
  for (let n = 0; n < connections; n++) talk(`/${mode}?n=${n}`, parameters, (i + n) % 2 === 1);
});
