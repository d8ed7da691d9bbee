package look

import "fyne.io/fyne/v2"

// faces returns the faces for words in the language of locale; nil for Fyne's own.
func faces(locale string) (regular, bold fyne.Resource) { return nil, nil }
