package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"

	"culvert/tunnel/doctor"
)

// Client asks the running app. Its methods may be called from any goroutine; every one fails with [ErrNotRunning]
// where no app listens.
type Client struct {
	http http.Client
}

// NewClient returns a client for the socket at path. It connects when it is asked something.
func NewClient(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, "unix", path)
		switch {
		case err == nil || ctx.Err() != nil:
			return c, err
		case errors.Is(err, fs.ErrPermission):
			return nil, fmt.Errorf("control socket: %w (it belongs to another user)", err)
		}
		return nil, fmt.Errorf("%w (start it with: culvert run)", ErrNotRunning)
	}
	return &Client{http.Client{Transport: &http.Transport{DialContext: dial, DisableCompression: true}}}
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Ping asks who is there.
func (c *Client) Ping(ctx context.Context) (Running, error) {
	return ask[Running](ctx, c, http.MethodGet, "/ping", nil)
}

// Projects returns the projects that the app knows, sorted by name.
func (c *Client) Projects(ctx context.Context) ([]Project, error) {
	return ask[[]Project](ctx, c, http.MethodGet, "/projects", nil)
}

// On switches a project on; it is an error if that cannot be served, though it stays switched on.
func (c *Client) On(ctx context.Context, name string) (Project, error) {
	return ask[Project](ctx, c, http.MethodPost, projectPath(name)+"/on", nil)
}

// Off switches a project off and ends its connections.
func (c *Client) Off(ctx context.Context, name string) (Project, error) {
	return ask[Project](ctx, c, http.MethodPost, projectPath(name)+"/off", nil)
}

// Add makes projects known, and returns them.
func (c *Client) Add(ctx context.Context, r AddRequest) ([]Project, error) {
	return ask[[]Project](ctx, c, http.MethodPost, "/projects", r)
}

// Remove switches a project off and forgets it and its capture.
func (c *Client) Remove(ctx context.Context, name string) error {
	_, err := ask[struct{}](ctx, c, http.MethodDelete, projectPath(name), nil)
	return err
}

// Doctor has the machine and one project examined, or with name "" all projects that are switched on.
func (c *Client) Doctor(ctx context.Context, name string) ([]doctor.Finding, error) {
	return ask[[]doctor.Finding](ctx, c, http.MethodGet, "/doctor?project="+url.QueryEscape(name), nil)
}

// Raise asks the desktop app to show its window.
func (c *Client) Raise(ctx context.Context) error {
	_, err := ask[struct{}](ctx, c, http.MethodPost, "/raise", nil)
	return err
}

// Outline asks the desktop app what its window shows.
func (c *Client) Outline(ctx context.Context) ([]Node, error) {
	return ask[[]Node](ctx, c, http.MethodGet, "/window", nil)
}

// Work asks the desktop app what its window took since it was asked last.
func (c *Client) Work(ctx context.Context) (Work, error) {
	return ask[Work](ctx, c, http.MethodGet, "/window/work", nil)
}

// Stop asks the app to end. It does not wait for that.
func (c *Client) Stop(ctx context.Context) error {
	_, err := ask[struct{}](ctx, c, http.MethodPost, "/stop", nil)
	return err
}

// Tail copies the rows' lines to w as they come, until ctx ends or the app stops, both of which are no error.
func (c *Client) Tail(ctx context.Context, r TailRequest, w io.Writer) error {
	body, err := c.open(ctx, http.MethodPost, "/tail", r)
	if err == nil {
		defer body.Close()
		_, err = io.Copy(w, body)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Export copies the capture of a project to w as HAR. After an error w holds a part that is of no use.
func (c *Client) Export(ctx context.Context, name, filter string, w io.Writer) error {
	body, err := c.open(ctx, http.MethodGet, projectPath(name)+"/har?filter="+url.QueryEscape(filter), nil)
	if err != nil {
		return err
	}
	defer body.Close()
	if _, err := io.Copy(w, body); err != nil {
		return fmt.Errorf("the export broke off: %w", err)
	}
	return nil
}

func projectPath(name string) string { return "/projects/" + url.PathEscape(name) }

// ask sends a request and decodes the answer.
func ask[T any](ctx context.Context, c *Client, method, path string, request any) (answer T, err error) {
	body, err := c.open(ctx, method, path, request)
	if err != nil {
		return answer, err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(&answer); err != nil {
		return answer, fmt.Errorf("answer of the running app: %w (is another version of culvert running?)", err)
	}
	return answer, nil
}

// open sends a request and returns the body of a good answer.
func (c *Client) open(ctx context.Context, method, path string, request any) (io.ReadCloser, error) {
	var body io.Reader
	if request != nil {
		data, err := json.Marshal(request)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+host+path, body)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		var u *url.Error // its text repeats the made-up URL
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	return nil, refusal(resp)
}

// refusal reads the error out of an answer.
func refusal(resp *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxRequest))
	if err != nil {
		return err
	}
	var p problem
	if json.Unmarshal(data, &p) == nil && p.Error != "" {
		return errors.New(p.Error)
	}
	return fmt.Errorf("the running app answered %s: %s (is another version of culvert running?)",
		resp.Status, strings.TrimSpace(string(data)))
}
