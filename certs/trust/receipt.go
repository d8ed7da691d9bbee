package trust

// Receipt is the file that remembers which stores were changed, so that each of them can be found and cleaned again.
type Receipt struct {
	file string
}

// NewReceipt returns the receipt in a file, which is made when something is first remembered.
func NewReceipt(file string) *Receipt { return &Receipt{file: file} }
