//go:build unix

package browsertest

import "errors"

// devTools drives one tab by the Chrome DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).
type devTools struct{ *wire }

func attachChromium(w *wire) (driver, error) {
	var target struct{ TargetID string }
	if err := w.call("Target.createTarget", object{"url": "about:blank"}, &target); err != nil {
		return nil, err
	}
	var session struct{ SessionID string }
	err := w.call("Target.attachToTarget", object{"targetId": target.TargetID, "flatten": true}, &session)
	w.session = session.SessionID
	return devTools{w}, err
}

func (d devTools) navigate(url string) error {
	var result struct{ ErrorText string }
	if err := d.call("Page.navigate", object{"url": url}, &result); err != nil {
		return err
	}
	if result.ErrorText != "" {
		return errors.New(result.ErrorText)
	}
	return nil
}

func (d devTools) evaluate(expression string) (string, error) {
	var result struct {
		Result           struct{ Value string }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	params := object{"expression": expression, "awaitPromise": true, "returnByValue": true}
	if err := d.call("Runtime.evaluate", params, &result); err != nil {
		return "", err
	}
	if e := result.ExceptionDetails; e != nil {
		return "", errors.New(e.Text + " " + e.Exception.Description)
	}
	return result.Result.Value, nil
}

func (d devTools) click(x, y int) error {
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		params := object{"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
		if err := d.call("Input.dispatchMouseEvent", params, nil); err != nil {
			return err
		}
	}
	return nil
}

func (d devTools) enter(text string) error {
	return d.call("Input.insertText", object{"text": text}, nil)
}
