package compose

import "slices"

// Bounds of a project's history.
const (
	maxHistory      = 50
	maxHistoryBytes = 256 << 10
)

// storeHistory begins the names that histories are remembered by; that of the project follows.
const storeHistory = "compose.history."

// history is what was sent in one project, the newest first. It is read from the store when it is first needed.
type history struct {
	store Store
	key   string
	items []message
}

func newHistory(store Store, project string) *history {
	h := &history{store: store, key: storeHistory + project}
	if store != nil {
		store.Get(h.key, &h.items)
	}
	h.items = slices.DeleteFunc(h.items, func(m message) bool { // of a file that another version wrote
		return !slices.Contains(notations[:], m.Notation) || len(m.Text) > editable
	})
	return h
}

// add puts a message on top, out of its old place. What is too large for the editor is not kept.
func (h *history) add(m message) {
	if m.kept != nil {
		return
	}
	items := append([]message{m}, slices.DeleteFunc(slices.Clone(h.items), func(o message) bool { return o.same(&m) })...)
	bytes := 0
	for i := range items {
		bytes += len(items[i].Text)
		if i == maxHistory || bytes > maxHistoryBytes {
			items = items[:i]
			break
		}
	}
	h.items = items
	h.save()
}

func (h *history) clear() {
	h.items = nil
	h.save()
}

func (h *history) save() {
	if h.store != nil {
		h.store.Set(h.key, h.items)
	}
}
