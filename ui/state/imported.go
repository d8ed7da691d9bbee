package state

// Import is what an nginx configuration became.
type Import struct {
	From     string       // the configuration's file
	Projects []Imported   // made known, and off
	Notes    []ImportNote // about what belongs to no project, the most urgent first
}

// Imported is a project that was made of an nginx configuration.
type Imported struct {
	Name  string
	File  string       // that was written
	Notes []ImportNote // the most urgent first
}

// NoteKind is what an [ImportNote] is about.
type NoteKind uint8

// The kinds of notes, the most urgent first.
const (
	Careful    NoteKind = iota // it kept somebody out in nginx, and nothing in the project file does
	NotCarried                 // nothing here does the same
	Insecure                   // it is dropped on purpose
	Different                  // it is carried, and does something else from then on
	Needless                   // nothing has to be done for it here
)

// ImportNote says what became of directives of an nginx configuration.
type ImportNote struct {
	Kind      NoteKind
	Places    string // "nginx.conf:12,14"
	Directive string // as it was written
	Why       string
}
