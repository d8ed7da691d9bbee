// The page of Culvert's demo project: three sockets to the backend that served it, and what passes on them.

const texts = {
  en: {
    title: "Culvert demo",
    lead: "This page and its three sockets reach a plain ws:// backend through a Culvert tunnel.",
    page: "Page", socket: "Sockets", secure: "encrypted", plain: "not encrypted",
    connecting: "connecting", open: "open", closed: "closed", again: "Connect again",
    echo: "Echo", echoHint: "A text for the backend", send: "Send text", sendBinary: "Send 256 bytes of binary",
    echoNote: "The backend sends every message back as it came.",
    ticker: "Ticker", tickerNote: "One JSON message a second, pushed by the backend.",
    chat: "Chat", chatHint: "Say something", say: "Say", chatNote: "Open this page in a second tab and talk to yourself.",
    joined: (who, n) => `${who} came in, ${n} here`, left: (who, n) => `${who} left, ${n} here`, you: "you",
    messages: "Messages", hideTicker: "Hide ticker", clear: "Clear", direction: "Direction", time: "Time", socketColumn: "Socket", type: "Type",
    size: "Size", content: "Content", empty: "Nothing yet: send a text above.", total: (n) => `${n} in all`,
    tailNote: "The same frames, with everything a page cannot see, in a terminal:",
    sent: "sent", received: "received", text: "text", binary: "binary", bytes: (n) => `${n} B`,
    codes: {
      1000: "done", 1001: "the backend goes away", 1002: "protocol error", 1003: "this kind of message is not accepted",
      1005: "no code given", 1006: "the connection ended without a Close frame", 1007: "a text was not valid UTF-8",
      1008: "refused by policy", 1009: "message too big", 1011: "the backend failed", 1013: "try again later",
    },
  },
  zh: {
    title: "Culvert 演示",
    lead: "本页面和它的三个套接字都经由 Culvert 隧道连接到一个普通的 ws:// 后端。",
    page: "页面", socket: "套接字", secure: "已加密", plain: "未加密",
    connecting: "正在连接", open: "已连接", closed: "已关闭", again: "重新连接",
    echo: "回显", echoHint: "发给后端的文本", send: "发送文本", sendBinary: "发送 256 字节二进制",
    echoNote: "后端会原样送回每一条消息。",
    ticker: "行情", tickerNote: "后端每秒推送一条 JSON 消息。",
    chat: "聊天", chatHint: "说点什么", say: "发言", chatNote: "再开一个标签页打开本页，就能和自己聊天。",
    joined: (who, n) => `${who} 进来了，共 ${n} 人`, left: (who, n) => `${who} 离开了，共 ${n} 人`, you: "你",
    messages: "消息", hideTicker: "隐藏定时消息", clear: "清空", direction: "方向", time: "时间", socketColumn: "套接字", type: "类型",
    size: "大小", content: "内容", empty: "还没有消息：请在上面发送一段文本。", total: (n) => `共 ${n} 条`,
    tailNote: "在终端里可以看到同样的帧，以及页面看不到的一切：",
    sent: "发送", received: "接收", text: "文本", binary: "二进制", bytes: (n) => `${n} B`,
    codes: {
      1000: "正常结束", 1001: "后端正在离开", 1002: "协议错误", 1003: "不接受这类消息", 1005: "没有给出代码",
      1006: "连接中断，没有收到关闭帧", 1007: "文本不是有效的 UTF-8", 1008: "被策略拒绝", 1009: "消息太大",
      1011: "后端出错", 1013: "请稍后再试",
    },
  },
};
const chinese = (navigator.language || "").toLowerCase().startsWith("zh");
const t = chinese ? texts.zh : texts.en;

const $ = (selector) => document.querySelector(selector);

// encrypted tells a location's or a socket's scheme apart.
const encrypted = (protocol) => protocol === "https:" || protocol === "wss:";

const scheme = encrypted(location.protocol) ? "wss:" : "ws:";

function translate() {
  document.documentElement.lang = chinese ? "zh-Hans" : "en";
  document.title = t.title;
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t[e.dataset.t];
  for (const e of document.querySelectorAll("[data-p]")) {
    e.placeholder = t[e.dataset.p];
    e.setAttribute("aria-label", t[e.dataset.p]);
  }
  for (const [id, protocol] of [["#page-proof", location.protocol], ["#socket-proof", scheme]]) {
    $(id).className = encrypted(protocol) ? "good" : "bad";
    $(`${id} dd`).textContent = `${protocol}// · ${encrypted(protocol) ? t.secure : t.plain}`;
  }
}

// The list of messages. It holds the last maxRows rows, and drops hidden ones first; the count goes on.
const maxRows = 500;
let total = 0;

function clock(date) {
  const two = (n) => String(n).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function addRow(kind, direction, path, type, size, content) {
  const list = $("#messages");
  const scroll = $("#log .scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;
  const row = document.createElement("tr");
  row.className = kind;
  if (path === "/ticker" && kind === "received") row.classList.add("ticker");
  for (const [text, name] of [[direction], [clock(new Date())], [path], [type], [size, "number"], [content, "rest"]]) {
    const cell = row.insertCell();
    cell.textContent = text;
    if (name) cell.className = name;
  }
  list.append(row);
  if (list.rows.length > maxRows) ((tickerHidden() && list.querySelector(".ticker")) || list.rows[0]).remove();
  showEmpty();
  if (atEnd) scroll.scrollTop = scroll.scrollHeight;
}

const tickerHidden = () => $("#hide-ticker").checked;

// showEmpty shows the hint in place of rows.
function showEmpty() {
  $("#empty").hidden = $("#messages").querySelector(tickerHidden() ? "tr:not(.ticker)" : "tr") !== null;
}

// showTicker shows or hides the ticker's messages, which would push the user's own out of sight.
function showTicker() {
  $("#messages").classList.toggle("no-ticker", tickerHidden());
  showEmpty();
  const scroll = $("#log .scroll");
  scroll.scrollTop = scroll.scrollHeight;
}

function addMessage(kind, path, data) {
  total += 1;
  $("#count").textContent = t.total(total);
  const direction = kind === "sent" ? `↑ ${t.sent}` : `↓ ${t.received}`;
  if (typeof data === "string") {
    addRow(kind, direction, path, t.text, t.bytes(new TextEncoder().encode(data).length), data);
    return;
  }
  const bytes = new Uint8Array(data);
  const head = Array.from(bytes.subarray(0, 32), (b) => b.toString(16).padStart(2, "0")).join(" ");
  addRow(kind, direction, path, t.binary, t.bytes(bytes.length), bytes.length > 32 ? `${head} …` : head);
}

// Socket is one card's connection: its state is shown in words, its messages go to the list and to onMessage.
class Socket {
  constructor(card, path, onMessage = () => {}) {
    this.card = $(card);
    this.path = path;
    this.onMessage = onMessage;
    this.card.querySelector(".again").addEventListener("click", () => this.connect());
    this.connect();
  }

  connect() {
    this.show("connecting", t.connecting);
    const ws = new WebSocket(`${scheme}//${location.host}${this.path}`);
    ws.binaryType = "arraybuffer";
    ws.addEventListener("open", () => {
      this.show("open", t.open);
      addRow("opened", "•", this.path, t.open, "", ws.url);
    });
    ws.addEventListener("message", ({ data }) => {
      addMessage("received", this.path, data);
      this.onMessage(data);
    });
    ws.addEventListener("close", ({ code, reason }) => {
      const why = [`${t.closed} ${code}`, t.codes[code], reason].filter(Boolean).join(" · ");
      this.show("closed", why);
      addRow("closed", "✕", this.path, t.closed, "", why);
    });
    this.ws = ws;
  }

  send(data) {
    if (this.ws.readyState !== WebSocket.OPEN) return false;
    this.ws.send(data);
    addMessage("sent", this.path, data);
    return true;
  }

  show(state, words) {
    this.card.dataset.state = state;
    this.card.querySelector(".state").textContent = words;
    this.card.querySelector(".again").hidden = state !== "closed";
    for (const e of this.card.querySelectorAll("form input, form button")) e.disabled = state !== "open";
  }
}

function startEcho() {
  const echo = new Socket("#echo", "/ws");
  $("#echo-form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (echo.send($("#echo-text").value)) $("#echo-text").value = "";
    $("#echo-text").focus();
  });
  $("#send-binary").addEventListener("click", () => echo.send(Uint8Array.from({ length: 256 }, (_, i) => i).buffer));
}

function startTicker() {
  const prices = [];
  new Socket("#ticker", "/ticker", (data) => {
    const { price } = JSON.parse(data);
    const before = prices.at(-1) ?? price;
    prices.push(price);
    if (prices.length > 60) prices.shift();
    $("#price").textContent = price.toFixed(2);
    const change = price - before;
    $("#change").textContent = `${change < 0 ? "▼" : "▲"} ${Math.abs(change).toFixed(2)}`;
    const low = Math.min(...prices), high = Math.max(...prices);
    const x = (i) => (prices.length > 1 ? (240 * i) / (prices.length - 1) : 0);
    const y = (p) => (high > low ? 46 - (44 * (p - low)) / (high - low) : 24);
    $("#spark polyline").setAttribute("points", prices.map((p, i) => `${x(i).toFixed(1)},${y(p).toFixed(1)}`).join(" "));
  });
}

function startChat() {
  let me = "";
  const said = $("#said");
  const add = (who, text) => {
    const item = document.createElement("li");
    if (who) {
      const name = document.createElement("b");
      name.textContent = who === me ? t.you : who;
      item.append(name, " ");
    } else {
      item.className = "dim";
    }
    item.append(text);
    said.append(item);
    if (said.children.length > 100) said.firstChild.remove();
    said.scrollTop = said.scrollHeight;
  };
  const chat = new Socket("#chat", "/chat", (data) => {
    const m = JSON.parse(data);
    if (m.type === "hello") me = m.name;
    if (m.type === "join") add("", t.joined(m.name === me ? `${m.name} (${t.you})` : m.name, m.here));
    if (m.type === "leave") add("", t.left(m.name, m.here));
    if (m.type === "say") add(m.name, m.text);
  });
  $("#chat-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("#chat-text").value.trim();
    if (text && chat.send(JSON.stringify({ type: "say", text }))) $("#chat-text").value = "";
    $("#chat-text").focus();
  });
}

translate();
$("#hide-ticker").addEventListener("change", showTicker);
$("#clear").addEventListener("click", () => {
  $("#messages").replaceChildren();
  showEmpty();
  total = 0;
  $("#count").textContent = "";
});
startEcho();
startTicker();
startChat();
