package app

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"culvert/tunnel/control"
	"culvert/tunnel/project"
)

// known is the set of projects that the user made known, with their switches and ports. Every change is in the state
// file before it counts. Whoever has one holds the lock of its folders.
type known struct {
	folders Folders
	session bool // the projects are for this run only

	mu    sync.Mutex
	state state // as it counts
	disk  state // as in the file
}

func openKnown(f Folders) (*known, error) {
	s, err := readState(f.state())
	if err != nil {
		return nil, err
	}
	k := &known{folders: f, state: s.clone(), disk: s}
	// A user who has nothing else to see finds the demo switched on, until a decision about it is in the file.
	k.state.offerDemo(len(s.Projects) == 0)
	return k, nil
}

// change applies f to the state and remembers it. If either fails, nothing has changed.
func (k *known) change(f func(*state) error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	next := k.state.clone()
	if err := f(&next); err != nil {
		return err
	}
	disk := next
	if k.session {
		disk = k.disk
		disk.Ports = next.Ports
	}
	if err := disk.write(k.folders.state()); err != nil {
		return err
	}
	k.state, k.disk = next, disk
	return nil
}

// list returns the projects, sorted by name.
func (k *known) list() []entry {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := slices.Clone(k.state.Projects)
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// find returns where a project stands.
func (s *state) find(name string) (int, error) {
	i := slices.IndexFunc(s.Projects, func(e entry) bool { return e.Name == name })
	if i < 0 {
		return 0, fmt.Errorf("project %s: not known (culvert list shows those that are)", Printable(name))
	}
	return i, nil
}

func (k *known) entry(name string) (entry, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i, err := k.state.find(name)
	if err != nil {
		return entry{}, err
	}
	return k.state.Projects[i], nil
}

// offerDemo makes the demo known, once in the life of a state file.
func (s *state) offerDemo(on bool) {
	if _, err := s.find(demoName); err != nil && !s.DemoOffered {
		s.Projects = append(s.Projects, entry{Name: demoName, Demo: true, On: on})
	}
	s.DemoOffered = true
}

// settle puts into the file what so far is only offered.
func (k *known) settle() error {
	if k.disk.DemoOffered {
		return nil
	}
	return k.change(func(*state) error { return nil })
}

// only makes the given files all there is, on, and for this run alone.
func (k *known) only(files []string) error {
	k.session = true
	return k.change(func(s *state) error {
		s.Projects = nil
		for _, file := range files {
			e, err := entryOf(file)
			if err != nil {
				return err
			}
			e.On = true
			if slices.Contains(s.Projects, e) {
				continue
			}
			if _, err := s.find(e.Name); err == nil {
				return fmt.Errorf("project %s: two files have this name (give each its own)", e.Name)
			}
			s.Projects = append(s.Projects, e)
		}
		return nil
	})
}

// turn remembers whether projects are on: all of them or none.
func (k *known) turn(on bool, names ...string) error {
	return k.change(func(s *state) error {
		for _, name := range names {
			i, err := s.find(name)
			if err != nil {
				return err
			}
			s.Projects[i].On, s.Projects[i].Paused = on, false
		}
		return nil
	})
}

// pause remembers that all projects are off, and which of them were on.
func (k *known) pause() error {
	return k.change(func(s *state) error {
		for i := range s.Projects {
			e := &s.Projects[i]
			e.On, e.Paused = false, e.Paused || e.On
		}
		return nil
	})
}

// resume remembers that those projects are on that pause switched off.
func (k *known) resume() error {
	return k.change(func(s *state) error {
		for i := range s.Projects {
			e := &s.Projects[i]
			e.On, e.Paused = e.On || e.Paused, false
		}
		return nil
	})
}

// rename remembers that a project has another name. Its port and its switch stay.
func (k *known) rename(from, to string) error {
	return k.change(func(s *state) error {
		i, err := s.find(from)
		if err != nil {
			return err
		}
		s.Projects[i].Name = to
		if port := s.Ports[from]; port != 0 {
			s.Ports[to] = port
			delete(s.Ports, from)
		}
		return nil
	})
}

// adopt makes a project known that nobody knew.
func (k *known) adopt(e entry) error {
	return k.change(func(s *state) error {
		s.Projects = append(s.Projects, e)
		return nil
	})
}

// add makes projects known, all or none, and returns their names. A file that is known already is no error.
func (k *known) add(r control.AddRequest) (names []string, err error) {
	var entries []entry
	switch {
	case r.Demo:
		entries = append(entries, entry{Name: demoName, Demo: true})
	case r.Name != "":
		e, data, err := k.make(r)
		if err != nil {
			return nil, err
		}
		if _, err := k.entry(r.Name); err == nil {
			return nil, fmt.Errorf("project %s: already known (choose another name, or remove it first)", r.Name)
		}
		if _, err := os.Lstat(e.File); err == nil {
			return nil, fmt.Errorf("project %s: %s is there already (add that file, or move it away)", r.Name, e.File)
		}
		if err := replaceFile(e.File, data, 0o600); err != nil {
			return nil, fmt.Errorf("project %s: %w", r.Name, err)
		}
		entries = append(entries, e)
	}
	for _, file := range r.Files {
		e, err := entryOf(file)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	err = k.change(func(s *state) error {
		if i, err := s.find(demoName); err == nil && !k.disk.DemoOffered {
			s.Projects[i].On = false // there is something else to see now
		}
		for _, e := range entries {
			names = append(names, e.Name)
			i, err := s.find(e.Name)
			switch {
			case err != nil:
				s.Projects = append(s.Projects, e)
			case s.Projects[i].File != e.File:
				return fmt.Errorf("project %s: already known from %s (change the name in one of the files, or remove it first)",
					e.Name, cmp.Or(s.Projects[i].File, "the built-in demo"))
			}
		}
		return nil
	})
	return names, err
}

// make returns the entry and the file of a project that is given by its name and upstream.
func (k *known) make(r control.AddRequest) (entry, []byte, error) {
	p, err := project.New(r.Name, r.To, r.Listen)
	if err != nil {
		return entry{}, nil, fmt.Errorf("add: %s", OneLine(err))
	}
	// SECURITY: project.New has checked the name: it holds no separator, and with the suffix it is not "..".
	file := filepath.Join(k.folders.Projects(), p.Name+".toml")
	return entry{Name: p.Name, File: file, Made: true}, p.Marshal(), nil
}

// remove forgets a project and its port, and the file that add made for it.
func (k *known) remove(name string) error {
	var gone entry
	err := k.change(func(s *state) error {
		i, err := s.find(name)
		if err != nil {
			return err
		}
		gone = s.Projects[i]
		s.Projects = slices.Delete(s.Projects, i, i+1)
		delete(s.Ports, name)
		return nil
	})
	if err == nil && gone.Made {
		// SECURITY: only a file in our own folder is ever removed, whatever the state file says.
		if filepath.Dir(gone.File) == k.folders.Projects() {
			err = os.Remove(gone.File)
		}
		if errors.Is(err, os.ErrNotExist) {
			err = nil
		}
	}
	return err
}

// port returns the free port that a project had before, or 0.
func (k *known) port(name string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state.Ports[name]
}

// rememberPort keeps the port that a project got for port 0. Failing to is no reason to fail the project.
func (k *known) rememberPort(p *project.Project, listen []string) {
	fixed := make(map[string]bool)
	free := false
	for _, addr := range p.Listen {
		_, port, _ := net.SplitHostPort(addr)
		fixed[port] = true
		free = free || port == "0"
	}
	if !free {
		return
	}
	for _, addr := range listen {
		_, text, _ := net.SplitHostPort(addr)
		port, err := strconv.Atoi(text)
		if err != nil || fixed[text] {
			continue
		}
		if k.port(p.Name) != port {
			_ = k.change(func(s *state) error {
				s.Ports[p.Name] = port
				return nil
			})
		}
		return
	}
}

// entryOf reads a project file for its name.
func entryOf(file string) (entry, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return entry{}, err
	}
	p, err := project.Load(file)
	if err != nil {
		return entry{}, errors.New(OneLine(err))
	}
	return entry{Name: p.Name, File: file}, nil
}

// load reads the file of a project that is not the demo.
func load(e entry) (*project.Project, error) {
	p, err := project.Load(e.File)
	if err != nil {
		return nil, err
	}
	if p.Name != e.Name {
		return nil, fmt.Errorf("%s: its name is now %s (culvert remove %s, and add the file again)", e.File, p.Name, e.Name)
	}
	return p, nil
}

// describe says what is known of a project that no engine serves.
func describe(e entry) control.Project {
	c := control.Project{
		Name: e.Name, File: e.File, Switched: e.On, State: control.Off,
		Listen: []string{}, URLs: []string{}, Routes: []control.Route{},
	}
	if e.On {
		c.State = control.Waiting
	}
	var p *project.Project
	var err error
	if e.Demo {
		p, err = demoProject("127.0.0.1:1")
	} else {
		p, err = load(e)
	}
	if err != nil {
		c.Fault, c.Reason = brokenFault(e), OneLine(err)
		if e.On {
			c.State = control.Failed
		}
	}
	if p == nil {
		return c
	}
	c.Description, c.Group, c.Listen = p.Description, p.Group, p.Listen
	c.Exposed, c.Guarded = p.Exposed(), p.Guarded()
	for i := range p.Routes {
		r := &p.Routes[i]
		route := control.Route{Path: r.Path, Exact: r.Exact, Listen: r.Listen, To: r.Leads()}
		if e.Demo {
			route.To = "built in"
		} else {
			for _, to := range r.To {
				route.Upstreams = append(route.Upstreams, control.Upstream{URL: to.String()})
			}
		}
		c.Routes = append(c.Routes, route)
	}
	return c
}
