package casefile

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

func TestLoadTarget(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.yaml")
	text := `
target: gorilla/websocket 1.5.3
url:    ws://127.0.0.1:{port}/
have:   [echo, permessage-deflate]
start:  exec "$HOME/echo" -addr 127.0.0.1:{port}
known:  known/gorilla.txt
cacert: tls/cert.pem
protocols: [mqtt, v12.stomp]
`
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	got, problems, err := LoadTarget(path)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	want := &Target{
		Name: "gorilla/websocket 1.5.3", URL: "ws://127.0.0.1:{port}/", Have: []string{"echo", "permessage-deflate"},
		Start: `exec "$HOME/echo" -addr 127.0.0.1:{port}`, Known: filepath.Join(dir, "known", "gorilla.txt"), Dir: dir,
		CACert: filepath.Join(dir, "tls", "cert.pem"), Protocols: []string{"mqtt", "v12.stomp"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if _, _, err := LoadTarget(filepath.Join(dir, "none.yaml")); err == nil {
		t.Error("a file that is not there gives no error")
	}
}

func TestTargetProblems(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "t.yaml:1:1: the file is empty"},
		{"target: x\n", "t.yaml:1:1: target file has no url and no start; one of them says where the target is"},
		{"url: ws://a/\n", "t.yaml:1:1: target file has no target"},
		{"target: x\nulr: ws://a/\n", `t.yaml:2:1: target file has no key "ulr", did you mean "url"?`},
		{"target: x\nurl: [a]\n", "t.yaml:2:6: this is a URL, not a list"},
		{"target: x\nurl: ws://a/\nhave: [eco]\n", `t.yaml:3:8: "eco" is not what a target can have (echo, permessage-deflate, hixie-75, hixie-76, hybi-07, hybi-08, chat, subprotocol or 404), did you mean "echo"?`},
		{"target: x\nurl: ws://a/\nhave: [$x]\n", "t.yaml:3:8: nothing is named $x"},
		{"[1]", "t.yaml:1:1: a target file is a mapping such as target: NAME, url: ws://127.0.0.1:9001/, not a list"},
	}
	for _, tt := range tests {
		_, problems := parseTarget([]byte(tt.text), "t.yaml")
		var got []string
		for _, p := range problems {
			got = append(got, p.String())
		}
		if !slices.Contains(got, tt.want) {
			t.Errorf("%q:\ngot  %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

func FuzzTarget(f *testing.F) {
	f.Add([]byte("target: x\nurl: ws://a/\nhave: [echo, $x]\nstart: run {port}\nknown: k.txt\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		target, problems := parseTarget(data, "t.yaml")
		if len(problems) == 0 && (target.Name == "" || target.URL == "" && target.Start == "") {
			t.Errorf("%q is taken for %+v", data, target)
		}
	})
}
