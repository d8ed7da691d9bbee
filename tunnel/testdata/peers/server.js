// Node servers that send every message back: server.js '{"MODE": DEFLATE or null, …}'. It prints the port of each mode,
// then a report of each connection, and ends when its standard input does.

const { WebSocketServer } = require("ws");
const { passed, deflate, print } = require("./report.js");

function serve(parameters) {
  return new Promise((listening) => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: deflate(parameters) || false });
    server.on("headers", (headers, request) => {
      request.answered = headers.find((line) => line.startsWith("Sec-WebSocket-Extensions: "))?.slice(26);
    });
    server.on("connection", (ws, request) => {
      const report = {
        path: request.url, offered: request.headers["sec-websocket-extensions"], extensions: request.answered,
        sent: [], received: [],
      };
      ws.on("message", (data, isBinary) => {
        report.received.push(passed(data, isBinary));
        if (!isBinary && data.toString() === "close") return ws.close(4002, "the server goes, 再见");
        report.sent.push(passed(data, isBinary));
        ws.send(data, { binary: isBinary });
      });
      ws.on("pong", (data) => { report.pong = data.toString(); });
      ws.on("close", (code, reason) => print({ ...report, code, reason: reason.toString() }));
      ws.ping("from the server");
    });
    server.on("listening", () => listening(server.address().port));
  });
}

(async () => {
  const ports = {};
  for (const [mode, parameters] of Object.entries(JSON.parse(process.argv[2]))) ports[mode] = await serve(parameters);
  print(ports);
})();
process.stdin.on("end", () => process.exit()).resume();
