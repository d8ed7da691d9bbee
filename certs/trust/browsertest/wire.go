//go:build unix

package browsertest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gorilla/websocket"
)

// wire carries commands to a browser: JSON over a WebSocket, the same for both protocols but for the error's form.
type wire struct {
	conn    *websocket.Conn
	session string // of the page, in the DevTools protocol
	last    int
}

func dial(url string) (*wire, error) {
	conn, _, err := (&websocket.Dialer{HandshakeTimeout: life}).Dial(url, nil)
	if err != nil {
		return nil, err
	}
	conn.SetReadDeadline(time.Now().Add(life))
	return &wire{conn: conn}, nil
}

type object = map[string]any

// call sends a command and decodes what it answers into result, unless that is nil. Events are passed over.
func (w *wire) call(method string, params object, result any) error {
	w.last++
	command := object{"id": w.last, "method": method, "params": params}
	if w.session != "" {
		command["sessionId"] = w.session
	}
	if err := w.conn.WriteJSON(command); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	for {
		var answer struct {
			ID      int
			Result  json.RawMessage
			Error   json.RawMessage
			Message string
		}
		if err := w.conn.ReadJSON(&answer); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		switch {
		case answer.ID != w.last:
			continue
		case answer.Error != nil:
			return fmt.Errorf("%s: %s %s", method, answer.Error, answer.Message)
		case result == nil:
			return nil
		}
		if err := json.Unmarshal(answer.Result, result); err != nil {
			return fmt.Errorf("%s: %w in %s", method, err, answer.Result)
		}
		return nil
	}
}
