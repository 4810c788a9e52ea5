package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// A devtools speaks with a page of a browser by the devtools protocol, over a
// pair of pipes: messages of JSON that end with a zero byte.
type devtools struct {
	t       *testing.T
	in      io.Writer
	pipe    *os.File
	out     *bufio.Reader // of the pipe
	last    int
	session string
	events  map[string]int // how often each has come
}

// openBrowser starts a browser with an empty page of a size, in light or dark.
func openBrowser(t *testing.T, browser string) *devtools {
	t.Helper()
	fromUs, in, err1 := os.Pipe()
	out, toUs, err2 := os.Pipe()
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
		"--user-data-dir="+profile, "about:blank")
	cmd.ExtraFiles = []*os.File{fromUs, toUs} // 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fromUs.Close()
	toUs.Close()
	d := &devtools{t: t, in: in, pipe: out, out: bufio.NewReader(out), events: map[string]int{}}
	t.Cleanup(func() {
		io.WriteString(in, `{"id": 0, "method": "Browser.close"}`+"\x00")
		cmd.Wait()
		for range 100 { // its children may still write
			if os.RemoveAll(profile) == nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	var target struct{ TargetID, SessionID string }
	d.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	d.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	d.session = target.SessionID
	d.call("Page.enable", nil, nil)
	d.call("Runtime.enable", nil, nil)
	return d
}

// call calls a method and waits for its result.
func (d *devtools) call(method string, params map[string]any, result any) {
	d.t.Helper()
	d.last++
	message := map[string]any{"id": d.last, "method": method}
	if params != nil {
		message["params"] = params
	}
	if d.session != "" {
		message["sessionId"] = d.session
	}
	data, err := json.Marshal(message)
	if err == nil {
		_, err = d.in.Write(append(data, 0))
	}
	if err != nil {
		d.t.Fatal(err)
	}
	for {
		answer := d.read()
		if answer.ID != d.last {
			continue
		}
		if answer.Error != nil {
			d.t.Fatalf("%s: %s", method, answer.Error)
		}
		if result != nil {
			if err := json.Unmarshal(answer.Result, result); err != nil {
				d.t.Fatalf("%s: %v in %s", method, err, answer.Result)
			}
		}
		return
	}
}

type devtoolsMessage struct {
	ID            int
	Method        string
	Result, Error json.RawMessage
}

func (d *devtools) read() (m devtoolsMessage) {
	d.t.Helper()
	d.pipe.SetReadDeadline(time.Now().Add(4 * time.Minute))
	data, err := d.out.ReadBytes(0)
	if err == nil {
		err = json.Unmarshal(bytes.TrimSuffix(data, []byte{0}), &m)
	}
	if err != nil {
		d.t.Fatal("the browser: ", err)
	}
	d.events[m.Method]++
	return m
}

// look sets how wide the page is shown, and whether in light or dark.
func (d *devtools) look(width int, scheme string) {
	d.t.Helper()
	d.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false}, nil)
	d.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// open opens a page and waits until it has loaded.
func (d *devtools) open(path string) {
	d.t.Helper()
	before := d.events["Page.loadEventFired"]
	d.call("Page.navigate", map[string]any{"url": "file://" + path}, nil)
	for d.events["Page.loadEventFired"] == before {
		d.read()
	}
}

// press presses a key and lets it go.
func (d *devtools) press(key string, code int) {
	d.t.Helper()
	event := map[string]any{"type": "rawKeyDown", "key": key, "code": key, "windowsVirtualKeyCode": code}
	d.call("Input.dispatchKeyEvent", event, nil)
	if key == "Enter" {
		d.call("Input.dispatchKeyEvent", map[string]any{"type": "char", "key": key, "code": key, "text": "\r", "windowsVirtualKeyCode": code}, nil)
	}
	event["type"] = "keyUp"
	d.call("Input.dispatchKeyEvent", event, nil)
}

// write types text.
func (d *devtools) write(text string) {
	d.t.Helper()
	d.call("Input.insertText", map[string]any{"text": text}, nil)
}

// eval returns what an expression of the page is.
func eval[T any](d *devtools, format string, args ...any) (value T) {
	d.t.Helper()
	var got struct {
		Result           struct{ Value T }
		ExceptionDetails json.RawMessage
	}
	expression := fmt.Sprintf(format, args...)
	d.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &got)
	if got.ExceptionDetails != nil {
		d.t.Fatalf("%s: %s", expression, got.ExceptionDetails)
	}
	return got.Result.Value
}
