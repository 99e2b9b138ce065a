package record

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/report"
)

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestFolderNames(t *testing.T) {
	tests := map[string]string{
		"utf8/fail-fast":            "utf8_fail-fast",
		"ping/size[0,125]":          "ping_size_0,125",
		"key/missing[Sec.Key_1]":    "key_missing_Sec.Key_1",
		"../../etc/passwd":          "_._.._etc_passwd",
		"..":                        "_.",
		"a\x00b\n*?":                "a_b___",
		"suite/κόσμε":               "suite______",
		`quotes/'"$(x)` + "`\\ end": "quotes_____x____end",
	}
	for id, want := range tests {
		if got := (&Repro{Dir: "d"}).folder(id); got != filepath.Join("d", want) {
			t.Errorf("%q goes to %s, want d/%s", id, got, want)
		}
	}
}

func sample(secure bool) *Conversation {
	c := &Conversation{
		Name: "alice", Client: netip.MustParseAddrPort("[2001:db8::7]:40000"), Server: netip.MustParseAddrPort("[2001:db8::1]:8443"),
		Secure: secure, Start: began,
	}
	c.Data(lint.Client, time.Second, []byte("ask"))
	c.Data(lint.Server, 2*time.Second, []byte("answer"))
	c.End(lint.Server, 3*time.Second, lint.EndFIN)
	return c
}

func TestReproWritesAnewAndRemovesItsOwn(t *testing.T) {
	r := &Repro{Dir: filepath.Join(t.TempDir(), "new [folder]*")}
	c := &report.Case{ID: "suite/case", Verdict: report.Fail, About: "A case."}
	if err := r.Write(c, []*Conversation{sample(false), sample(false)}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(r.Dir, "suite_case")
	want := []string{"again.sh", "case.txt", "conversation.pcapng",
		"received-alice-1.bin", "received-alice-2.bin", "sent-alice-1.bin", "sent-alice-2.bin"}
	if got := list(t, dir); !slices.Equal(got, want) {
		t.Errorf("wrote %v", got)
	}
	if err := r.Write(c, nil); err != nil { // now it could not be reached
		t.Fatal(err)
	}
	if got := list(t, dir); !slices.Equal(got, []string{"case.txt"}) {
		t.Errorf("of an earlier run there is %v", got)
	}
	os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o666)
	if err := r.Remove(c.ID); err != nil {
		t.Fatal(err)
	}
	if got := list(t, dir); !slices.Equal(got, []string{"notes.txt"}) {
		t.Errorf("left is %v", got)
	}
	os.WriteFile(filepath.Join(dir, "case.txt"), nil, 0o666)
	os.Remove(filepath.Join(dir, "notes.txt"))
	if err := r.Remove(c.ID); err != nil || len(list(t, r.Dir)) != 0 {
		t.Errorf("%v; left is %v", err, list(t, r.Dir))
	}
}

func TestReproErrorsNameTheFile(t *testing.T) {
	in := filepath.Join(t.TempDir(), "a-file")
	os.WriteFile(in, nil, 0o666)
	err := (&Repro{Dir: in}).Write(&report.Case{ID: "suite/case"}, nil)
	if err == nil || !strings.Contains(err.Error(), "a-file") {
		t.Errorf("the error is %v", err)
	}
}

// What TLS carried is shown at the port where Wireshark looks for it in clear.
func TestPacketsOfTLS(t *testing.T) {
	for secure, port := range map[bool]string{false: "8443(pcsync-https)", true: "80(http)"} {
		c := sample(secure)
		file := packets(&report.Case{ID: "suite/case"}, []*Conversation{c})
		if got := tcp(t, read(t, file)[0]).DstPort.String(); got != port {
			t.Errorf("the first packet goes to %s, want %s", got, port)
		}
		if said := strings.Contains(string(file), "were TLS to [2001:db8::1]:8443"); said != secure {
			t.Errorf("that it was TLS is said: %t", said)
		}
	}
}

// Bytes that were not kept are a hole before the end of their stream.
func TestPacketsOfALongStream(t *testing.T) {
	c := sample(false)
	c.Lost[lint.Server] = 1000
	all := read(t, packets(&report.Case{ID: "suite/case"}, []*Conversation{c}))
	fin := tcp(t, all[len(all)-2])
	if !fin.FIN || fin.Seq != 1+6+1000 {
		t.Errorf("the end is %s at %d", flags(fin), fin.Seq)
	}
	if at := all[len(all)-2].Metadata().Timestamp; !at.Equal(began.Add(3 * time.Second)) {
		t.Errorf("the end is of %v", at)
	}
}

func TestFindingsArePlaced(t *testing.T) {
	alice, bob := sample(false), sample(false)
	bob.Name = "bob"
	tests := []struct {
		about string
		f     report.Finding
		want  *Piece
	}{
		{"a finding of a frame stands at it", report.Finding{Client: "alice", At: 2 * time.Second}, &alice.Pieces[1]},
		{"what did not come is missed after what came last", report.Finding{Client: "bob", At: 2900 * time.Millisecond}, &bob.Pieces[1]},
		{"one of no connection stands at the last piece of all", report.Finding{At: time.Hour}, &bob.Pieces[2]},
		{"one before everything stands at the first piece", report.Finding{Client: "bob"}, &bob.Pieces[0]},
		{"one of a connection that was not made stands nowhere", report.Finding{Client: "carol"}, nil},
	}
	for _, test := range tests {
		found := placed(&report.Case{Findings: []report.Finding{test.f}}, []*Conversation{alice, bob})
		if test.want == nil && len(found) > 0 || test.want != nil && len(found[test.want]) != 1 {
			t.Errorf("%s: it stands at %v", test.about, found)
		}
	}
}

func TestRemarksAreSafe(t *testing.T) {
	got := remark(&report.Finding{
		Verdict: report.Fail, Rule: "utf8.sent", Level: "MUST", Document: "RFC 6455", Section: "5.6",
		Wanted: "this\nand that", Detail: "\x1b[31mred",
	})
	if want := "fail: utf8.sent MUST RFC 6455 §5.6\nwanted: this\nand that\nseen: \\x1b[31mred"; got != want {
		t.Errorf("the remark is %q", got)
	}
}
