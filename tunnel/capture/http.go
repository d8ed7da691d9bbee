package capture

import "time"

// Exchange is an HTTP request that passed through the tunnel, and its answer.
type Exchange struct {
	Time                        time.Time
	Duration                    time.Duration
	Method, URL, Proto          string
	Client, Upstream            string // addresses; Upstream may be a URL
	Status                      int    // 0 without an answer
	RequestBytes, ResponseBytes int64  // of the bodies
	ContentType                 string // of the answer
	Skipped                     string // why other upstreams that were tried before did not serve it, "" if none was
	Err                         string // what went wrong, if anything did
}

// HTTP records an exchange as one row.
func (l *Log) HTTP(x Exchange) {
	p := x.encode()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.requests++
	r, id := l.add()
	*r = row{kind: HTTP, wall: x.Time.UnixNano(), mono: l.elapsed(x.Time), flags: Complete}
	r.ended = r.mono + int64(x.Duration)
	l.write(id, r, p)
	l.changed()
}

// encode returns x as the payload of its row.
func (x *Exchange) encode() []byte {
	return appendFields(make([]byte, 0, 128+len(x.URL)+len(x.Err)), x.texts(), []int64{
		x.Time.UnixNano(), int64(x.Duration), int64(x.Status), x.RequestBytes, x.ResponseBytes,
	})
}

func (x *Exchange) texts() []*string {
	return []*string{&x.Method, &x.URL, &x.Proto, &x.Client, &x.Upstream, &x.ContentType, &x.Err, &x.Skipped}
}

// decodeExchange is the reverse of encode.
func decodeExchange(p []byte) (x Exchange, ok bool) {
	var n [5]int64
	if !readFields(p, x.texts(), n[:]) {
		return x, false
	}
	x.Time, x.Duration = time.Unix(0, n[0]), time.Duration(n[1])
	x.Status, x.RequestBytes, x.ResponseBytes = int(n[2]), n[3], n[4]
	return x, true
}

// Exchange returns the exchange of an HTTP row; false when id is no such row or is not held.
func (l *Log) Exchange(id int64) (Exchange, bool) {
	if r, ok := l.Row(id); !ok || r.Kind != HTTP {
		return Exchange{}, false
	}
	p, err := l.Payload(nil, id, -1)
	if err != nil {
		return Exchange{}, false
	}
	return decodeExchange(p)
}
