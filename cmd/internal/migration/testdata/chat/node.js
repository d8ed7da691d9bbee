// One node of the IM cluster, of a name and on a port (0: a free one): it says by /route that it is there, and echoes on its WebSocket.
const http = require("http");
const { WebSocketServer } = require("ws");

const name = process.argv[2];
const server = http.createServer((request, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ node: name, path: request.url, host: request.headers.host }));
});
new WebSocketServer({ server }).on("connection", (socket) => {
  socket.on("error", () => {}); // ws has closed it with the code by then
  socket.send(name);
  socket.on("message", (data, binary) => socket.send(data, { binary }));
});
server.listen(Number(process.argv[3]), "127.0.0.1", () => console.log(server.address().port));
