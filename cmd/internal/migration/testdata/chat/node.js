// One node of the IM cluster: it says by /route that it is there, and echoes on its WebSocket.
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
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
