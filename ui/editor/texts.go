package editor

import (
	"culvert/tunnel/project"
	"culvert/ui/words"
)

// texts are the words of the form, looked up once.
type texts struct {
	keys map[project.Key]keyText // as project.Keys lists them

	on, off, add, remove, moveUp, moveDown string
	pick                                   string
	notANumber, required                   string
	headerName, headerValue                string
	headerTwice, headerNameless, nameTaken string
}

// keyText is what a key is called, and what it does.
type keyText struct{ label, help string }

func newTexts() *texts {
	t := &texts{
		keys: make(map[project.Key]keyText),
		on:   words.T("editor.on"), off: words.T("editor.off"),
		add: words.T("editor.add"), remove: words.T("editor.remove"),
		pick: words.T("editor.pick"), moveUp: words.T("editor.moveUp"), moveDown: words.T("editor.moveDown"),
		notANumber: words.T("editor.notANumber"), required: words.T("editor.required"),
		headerName: words.T("editor.headerName"), headerValue: words.T("editor.headerValue"),
		headerTwice: words.T("editor.headerTwice"), headerNameless: words.T("editor.headerNameless"),
		nameTaken: words.T("editor.nameTaken"),
	}
	for _, k := range project.Keys() {
		t.keys[k.Key] = keyText{words.T("editor.key." + string(k.Key)), words.T("editor.help." + string(k.Key))}
	}
	return t
}
