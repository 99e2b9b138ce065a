package record

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"wsprobe/internal/wire"
)

// stomp are messages of STOMP, which only the first of them is known by.
var stomp = []string{"CONNECT\naccept-version:1.2\n\n\x00", "SEND\ndestination:/a\n\n1\x00", "SEND\ndestination:/b\n\n2\x00"}

// The messages of a connection that goes on in another file are named there, too,
// and whoever reads only that one knows them by the same names.
func TestNamesGoOn(t *testing.T) {
	dir := t.TempDir()
	f, err := NewFile(filepath.Join(dir, "talk.jsonl"), func(_ *os.File, w io.Writer) Sink { return NewJSONL(w) }, FileOptions{Size: 200})
	if err != nil {
		t.Fatal(err)
	}
	c := &Conn{ID: 1, Start: began}
	f.Open(c)
	for i, text := range stomp {
		f.Plain(c, &Plain{Offset: uint64(1000 * (i + 1)), Payload: []byte(text),
			Header: wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Length: uint64(len(text)), Bits: 7}})
		f.Flush()
	}
	f.Close(c, 0)
	f.End()
	all, _ := filepath.Glob(filepath.Join(dir, "*"))
	last, err := os.ReadFile(all[len(all)-2])
	if err != nil || len(all) < 3 || bytes.Contains(last, []byte("CONNECT")) || !bytes.Contains(last, []byte(`"name":"STOMP SEND destination=/b"`)) {
		t.Fatalf("%d files, in one of which is %s (%v)", len(all), last, err)
	}
	var again bytes.Buffer
	j := NewJSONL(&again)
	if err := ReadJSONL(bytes.NewReader(last), j); err != nil {
		t.Fatal(err)
	}
	if j.End(); again.String() != string(last) {
		t.Errorf("read as\n%s\nwritten as\n%s", &again, last)
	}
}
