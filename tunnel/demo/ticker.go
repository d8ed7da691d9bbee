package demo

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"time"

	"github.com/gorilla/websocket"
)

// tick is one message of /ticker.
type tick struct {
	Type  string  `json:"type"` // "tick"
	Seq   int     `json:"seq"`  // 1, 2, …
	At    int64   `json:"at"`   // milliseconds since 1970
	Price float64 `json:"price"`
}

// ticker sends a tick at once and then every b.tick, until the client goes.
func (b *Backend) ticker(c *websocket.Conn) {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		discard(c)
	}()
	defer func() {
		_ = c.Close()
		<-gone
	}()

	every := time.NewTicker(b.tick)
	defer every.Stop()
	for price, seq := 100.0, 1; ; seq++ {
		data, err := json.Marshal(tick{"tick", seq, time.Now().UnixMilli(), math.Round(price*100) / 100})
		if err != nil {
			return
		}
		_ = c.SetWriteDeadline(time.Now().Add(writeTimeout))
		if c.WriteMessage(websocket.TextMessage, data) != nil {
			return
		}
		price = max(1, price+rand.NormFloat64()*0.4)
		select {
		case <-every.C:
		case <-gone:
			return
		}
	}
}

// discard reads until the connection ends, so that pings and Close frames are answered.
func discard(c *websocket.Conn) {
	for {
		if _, _, err := c.NextReader(); err != nil {
			return
		}
	}
}
