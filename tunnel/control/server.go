package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"culvert/tunnel/doctor"
)

// App is what can be asked over the socket. Its methods are called from many goroutines; their errors' texts reach
// the user as they are.
type App interface {
	Projects(ctx context.Context) ([]Project, error)
	// On switches a project on. The Project is valid beside an error too: switched on, but failed.
	On(ctx context.Context, name string) (Project, error)
	Off(ctx context.Context, name string) (Project, error)
	Add(ctx context.Context, r AddRequest) ([]Project, error)
	Remove(ctx context.Context, name string) error
	// Tail writes rows as lines until ctx ends or there is no more to come. Each Write is sent at once; an empty one
	// says that the request was understood.
	Tail(ctx context.Context, r TailRequest, w io.Writer) error
	// Export writes the capture of a project as HAR.
	Export(ctx context.Context, name, filter string, w io.Writer) error
	// Doctor examines the machine and one project, or with name "" all projects that are switched on.
	Doctor(ctx context.Context, name string) ([]doctor.Finding, error)
	// Window returns the window of a desktop app, nil where there is none.
	Window() Window
	// Stop begins the app's end and returns.
	Stop()
}

// Server answers on the control socket. Make it with [Serve].
type Server struct {
	app     App
	version string
	http    *http.Server
	cancel  context.CancelFunc
	served  chan struct{}
}

// host is the one Host that a Client sends.
const host = "culvert"

// maxRequest bounds a request's body in bytes.
const maxRequest = 1 << 20

// Serve answers on l in a goroutine of its own until Close.
func Serve(l net.Listener, app App, version string) *Server {
	s := &Server{app: app, version: version, served: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel

	mux := http.NewServeMux()
	mux.HandleFunc("GET /ping", s.ping)
	mux.HandleFunc("GET /projects", s.list)
	mux.HandleFunc("POST /projects", s.add)
	mux.HandleFunc("DELETE /projects/{name}", s.remove)
	mux.HandleFunc("POST /projects/{name}/on", s.on)
	mux.HandleFunc("POST /projects/{name}/off", s.off)
	mux.HandleFunc("GET /projects/{name}/har", s.export)
	mux.HandleFunc("POST /tail", s.tail)
	mux.HandleFunc("GET /doctor", s.doctor)
	mux.HandleFunc("POST /raise", s.raise)
	mux.HandleFunc("GET /window", s.outline)
	mux.HandleFunc("GET /window/work", s.work)
	mux.HandleFunc("POST /stop", s.stop)
	s.http = &http.Server{
		Handler: onlyClients(mux),
		// SECURITY: a peer that sends nothing, or without end, holds no goroutine and no memory for long.
		ReadHeaderTimeout: 5 * time.Second,
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(l)
	}()
	return s
}

// Close ends every tail, lets other answers finish for a moment, removes the socket, and returns when all
// goroutines have ended.
func (s *Server) Close() {
	s.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	<-s.served
}

// onlyClients refuses what no Client sends.
func onlyClients(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// SECURITY: should anything ever bridge a browser to this socket, its Host or Origin gives it away.
		if r.Host != host || r.Header.Get("Origin") != "" {
			http.Error(w, "not for browsers", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
		h.ServeHTTP(w, r)
	})
}

func (s *Server) ping(w http.ResponseWriter, _ *http.Request) {
	answer(w, Running{Version: s.version, PID: os.Getpid()}, nil)
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	projects, err := s.app.Projects(r.Context())
	answer(w, projects, err)
}

func (s *Server) add(w http.ResponseWriter, r *http.Request) {
	var request AddRequest
	if !decode(w, r, &request) {
		return
	}
	projects, err := s.app.Add(r.Context(), request)
	answer(w, projects, err)
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request) {
	answer(w, struct{}{}, s.app.Remove(r.Context(), r.PathValue("name")))
}

func (s *Server) on(w http.ResponseWriter, r *http.Request) {
	p, err := s.app.On(r.Context(), r.PathValue("name"))
	answer(w, p, err)
}

func (s *Server) off(w http.ResponseWriter, r *http.Request) {
	p, err := s.app.Off(r.Context(), r.PathValue("name"))
	answer(w, p, err)
}

func (s *Server) doctor(w http.ResponseWriter, r *http.Request) {
	found, err := s.app.Doctor(r.Context(), r.URL.Query().Get("project"))
	answer(w, found, err)
}

func (s *Server) stop(w http.ResponseWriter, _ *http.Request) {
	s.app.Stop()
	answer(w, struct{}{}, nil)
}

func (s *Server) tail(w http.ResponseWriter, r *http.Request) {
	var request TailRequest
	if !decode(w, r, &request) {
		return
	}
	out := &stream{w: w, kind: "text/plain; charset=utf-8"}
	if request.JSON {
		out.kind = "application/x-ndjson"
	}
	err := s.app.Tail(r.Context(), request, out)
	if r.Context().Err() != nil {
		err = nil // the server or the client ends: that is how a tail ends
	}
	out.end(err)
}

func (s *Server) export(w http.ResponseWriter, r *http.Request) {
	out := &stream{w: w, kind: "application/json"}
	out.end(s.app.Export(r.Context(), r.PathValue("name"), r.URL.Query().Get("filter"), out))
}

// stream is an answer that is sent while it is made.
type stream struct {
	w       http.ResponseWriter
	kind    string // Content-Type
	started bool
}

// Write sends p at once.
func (s *stream) Write(p []byte) (int, error) {
	if !s.started {
		s.started = true
		s.w.Header().Set("Content-Type", s.kind)
	}
	n, err := s.w.Write(p)
	if err == nil {
		err = http.NewResponseController(s.w).Flush()
	}
	return n, err
}

// end finishes the answer. An error that comes too late to be told cuts the connection, so that the client does not
// take half for the whole.
func (s *stream) end(err error) {
	switch {
	case !s.started:
		answer(s.w, struct{}{}, err)
	case err != nil:
		panic(http.ErrAbortHandler)
	}
}

// problem is the body of an answer that is not 200.
type problem struct {
	Error string `json:"error"`
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		v = problem{err.Error()}
	}
	_ = json.NewEncoder(w).Encode(v) // the client may have gone
}

func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("empty body")
		}
		answer(w, nil, fmt.Errorf("request not understood: %w (is another version of culvert running?)", err))
	}
	return err == nil
}
