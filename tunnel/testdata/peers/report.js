// What the Node peers have in common: a report of one connection, printed as a line of JSON when it has closed.

const crypto = require("crypto");

// passed describes a message by its hash.
exports.passed = (data, isBinary) => {
  const bytes = Buffer.from(data);
  return { op: isBinary ? "binary" : "text", size: bytes.length, sha256: crypto.createHash("sha256").update(bytes).digest("hex") };
};

// deflate turns the parameters of permessage-deflate, as RFC 7692 names them, into the options of ws.
exports.deflate = (p, threshold = 0) => p && {
  threshold,
  serverNoContextTakeover: p.server_no_context_takeover,
  clientNoContextTakeover: p.client_no_context_takeover,
  serverMaxWindowBits: p.server_max_window_bits,
  clientMaxWindowBits: p.client_max_window_bits,
};

exports.print = (value) => console.log(JSON.stringify(value));
