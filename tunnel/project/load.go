package project

import "errors"

// Load reads and checks the project file at path file.
func Load(file string) (*Project, error) { return nil, errors.ErrUnsupported }

// Parse checks data, the text of a project file, which name is the path of.
func Parse(name string, data []byte) (*Project, error) { return nil, errors.ErrUnsupported }

// New returns the project of `culvert add --name name --to to --listen listen`, which has no file.
func New(name, to string, listen []string) (*Project, error) { return nil, errors.ErrUnsupported }

// Marshal returns p as the text of a project file that Parse reads as p again.
func (p *Project) Marshal() ([]byte, error) { return nil, errors.ErrUnsupported }

// Served returns nil, or Errors that name the keys that p uses and this version does not serve yet.
func (p *Project) Served() error { return nil }
