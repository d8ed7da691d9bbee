package demo

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// outbox is how many messages may wait for one chat client. One that falls further behind is let go.
const outbox = 64

// said is a message of /chat. Clients send {"type":"say","text":…}; the room sends all kinds.
type said struct {
	Type string `json:"type"`           // hello (to the newcomer alone), join, leave, say
	Name string `json:"name,omitempty"` // whom it is about
	Text string `json:"text,omitempty"`
	Here int    `json:"here,omitempty"` // clients in the room
	At   int64  `json:"at"`             // milliseconds since 1970
}

// room is the set of chat clients. The zero value is empty and ready.
type room struct {
	mu     sync.Mutex
	guests map[*guest]bool
	last   int
}

// guest is one chat client. out is closed, under the room's lock, when the guest is out of the room.
type guest struct {
	name string
	out  chan []byte
}

// enter adds a guest and tells everybody.
func (r *room) enter() *guest {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.guests == nil {
		r.guests = make(map[*guest]bool)
	}
	r.last++
	g := &guest{name: fmt.Sprintf("guest %d", r.last), out: make(chan []byte, outbox)}
	r.guests[g] = true
	g.out <- encode(said{Type: "hello", Name: g.name, Here: len(r.guests)})
	r.tell(said{Type: "join", Name: g.name, Here: len(r.guests)})
	return g
}

// leave removes g if it is still there, and tells the others.
func (r *room) leave(g *guest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.guests[g] {
		return
	}
	delete(r.guests, g)
	close(g.out)
	r.tell(said{Type: "leave", Name: g.name, Here: len(r.guests)})
}

// say tells everybody what g said.
func (r *room) say(g *guest, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell(said{Type: "say", Name: g.name, Text: text})
}

// tell puts m in every outbox and never blocks: who has no room left is put out. r.mu is held.
func (r *room) tell(m said) {
	data := encode(m)
	for g := range r.guests {
		select {
		case g.out <- data:
		default:
			delete(r.guests, g)
			close(g.out)
		}
	}
}

func encode(m said) []byte {
	m.At = time.Now().UnixMilli()
	data, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return data
}

// chat runs one client: this goroutine reads, another writes what waits in the outbox.
func (b *Backend) chat(c *websocket.Conn) {
	g := b.room.enter()
	written := make(chan struct{})
	go func() {
		defer close(written)
		for data := range g.out {
			_ = c.SetWriteDeadline(time.Now().Add(writeTimeout))
			if c.WriteMessage(websocket.TextMessage, data) != nil {
				break
			}
		}
		// Put out, unable to write, or gone: this ends the reader too.
		leave(c, websocket.CloseTryAgainLater, "too slow for the chat")
	}()
	for {
		kind, data, err := c.ReadMessage()
		if err != nil {
			break
		}
		var m said
		if kind == websocket.TextMessage && json.Unmarshal(data, &m) == nil && m.Type == "say" {
			b.room.say(g, m.Text)
		}
	}
	b.room.leave(g)
	<-written
}
