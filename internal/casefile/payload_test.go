package casefile

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// payloadOf reads a payload of a case file that lies in dir.
func payloadOf(dir fs.FS, text string) (Payload, []Problem) {
	_, file := asFile("- expect: {json: {id: $id}}\n- write: " + text + "\n")
	cases, problems := parse([]byte(file), "example.yaml", dir)
	if len(problems) > 0 {
		return Payload{}, problems
	}
	return cases[0].Steps[1].Bytes, nil
}

// Each payload comes to these bytes.
func TestPayloads(t *testing.T) {
	dir := fstest.MapFS{"data/x.bin": {Data: []byte{0, 255, 10}}, "empty": {}}
	tests := []struct{ text, want string }{
		{`Hello`, "Hello"},
		{`""`, ""},
		{`"a\r\n"`, "a\r\n"},
		{`"costs $$5, or $5"`, "costs $5, or $5"},
		{`κόσμε`, "κόσμε"},
		{`{text: x}`, "x"},
		{`{hex: ce BA}`, "\xce\xba"},
		{`{hex: 03}`, "\x03"},
		{`{hex: ""}`, ""},
		{`{base64: zro=}`, "\xce\xba"},
		{`{repeat: Hello, size: 12}`, "HelloHelloHe"},
		{`{repeat: Hello, size: 5}`, "Hello"},
		{`{repeat: {hex: 00 fe}, size: 3}`, "\x00\xfe\x00"},
		{`{repeat: x, size: 0}`, ""},
		{`{file: data/x.bin}`, "\x00\xff\n"},
		{`{file: empty}`, ""},
		{`{json: {b: 1.50, a: "x < y", c: [true, null, "1"]}}`, `{"a":"x < y","b":1.50,"c":[true,null,"1"]}`},
		{`{json: null}`, `null`},
		{`{json: {id: $id, in: "<${id}>"}}`, `{"id":7,"in":"<7>"}`},
		{`"id ${id}"`, "id 7"},
		{`{lines: "a\nb"}`, "a\r\nb\r\n"},
		{`{head: "a\nb\n"}`, "a\r\nb\r\n\r\n"},
		{`{lines: "a ${id}\n"}`, "a 7\r\n"},
		{`[Hel, {hex: 6c}, {repeat: o, size: 1}]`, "Hello"},
	}
	for _, tt := range tests {
		p, problems := payloadOf(dir, tt.text)
		if len(problems) > 0 {
			t.Errorf("%s: %s", tt.text, problems[0])
			continue
		}
		got := p.Append([]byte("before "), Vars{"id": jsonOf("7")})
		if string(got) != "before "+tt.want {
			t.Errorf("%s: got %q, want %q", tt.text, got, tt.want)
		}
		if !strings.Contains(tt.text, "id") && p.Size() != len(tt.want) {
			t.Errorf("%s: size %d, want %d", tt.text, p.Size(), len(tt.want))
		}
	}
}

// Random bytes are the same in every run and on every machine.
func TestRandomPayload(t *testing.T) {
	p, problems := payloadOf(nil, `{random: 12, seed: 7}`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := []byte{0xde, 0x70, 0x31, 0x37, 0x70, 0xd6, 0xff, 0x44, 0xa0, 0x05, 0xb7, 0xe7}
	if got := p.Append(nil, nil); !bytes.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
	other, _ := payloadOf(nil, `{random: 12}`)
	if bytes.Equal(other.Append(nil, nil), want) {
		t.Error("another seed gives the same bytes")
	}
}

// A large payload is cheap until it is played.
func TestLargePayload(t *testing.T) {
	p, problems := payloadOf(nil, `[{repeat: x, size: 33554432}, {random: 33554432}]`)
	if len(problems) > 0 || p.Size() != maxPayload {
		t.Error(p.Size(), problems)
	}
}

// A case file reads nothing outside its folder, not through links either.
func TestPayloadFileStaysInside(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	inside := filepath.Join(dir, "cases")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(inside, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(inside, "link")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../secret", secret, "link", "."} {
		_, text := asFile("- write: {file: " + name + "}\n")
		file := filepath.Join(inside, "example.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		cases, problems, err := Load([]string{file})
		if err != nil || len(cases) > 0 || len(problems) != 1 {
			t.Errorf("%s: %d cases, %v, %v", name, len(cases), problems, err)
		}
	}
}

func TestTextString(t *testing.T) {
	text := Text{Parts: []TextPart{{Literal: "a "}, {Capture: "x"}, {Literal: " b"}}}
	for _, tt := range []struct {
		x    any
		want string
	}{
		{"s", "a s b"}, {jsonOf("1.50"), "a 1.50 b"}, {true, "a true b"}, {nil, "a null b"}, {jsonOf(`{"k": [1]}`), `a {"k":[1]} b`},
	} {
		if got := text.String(Vars{"x": tt.x}); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if got := text.String(nil); got != "a  b" {
		t.Errorf("got %q with no captures", got)
	}
}
