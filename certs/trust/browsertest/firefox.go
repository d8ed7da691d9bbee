//go:build unix

package browsertest

import "errors"

// biDi drives one tab by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/).
type biDi struct {
	*wire
	context string
}

func attachFirefox(w *wire) (driver, error) {
	if err := w.call("session.new", object{"capabilities": object{}}, nil); err != nil {
		return nil, err
	}
	var tab struct{ Context string }
	err := w.call("browsingContext.create", object{"type": "tab"}, &tab)
	return biDi{w, tab.Context}, err
}

func (b biDi) navigate(url string) error {
	return b.call("browsingContext.navigate", object{"context": b.context, "url": url, "wait": "interactive"}, nil)
}

func (b biDi) evaluate(expression string) (string, error) {
	var result struct {
		Result           struct{ Value string }
		ExceptionDetails *struct{ Text string }
	}
	params := object{"expression": expression, "awaitPromise": true, "target": object{"context": b.context}}
	if err := b.call("script.evaluate", params, &result); err != nil {
		return "", err
	}
	if e := result.ExceptionDetails; e != nil {
		return "", errors.New(e.Text)
	}
	return result.Result.Value, nil
}

func (b biDi) click(x, y int) error {
	return b.act(object{"type": "pointer", "id": "mouse", "actions": []object{
		{"type": "pointerMove", "x": x, "y": y},
		{"type": "pointerDown", "button": 0},
		{"type": "pointerUp", "button": 0},
	}})
}

func (b biDi) enter(text string) error {
	var keys []object
	for _, r := range text {
		keys = append(keys, object{"type": "keyDown", "value": string(r)}, object{"type": "keyUp", "value": string(r)})
	}
	return b.act(object{"type": "key", "id": "keyboard", "actions": keys})
}

func (b biDi) act(source object) error {
	return b.call("input.performActions", object{"context": b.context, "actions": []object{source}}, nil)
}
