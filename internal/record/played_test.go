package record_test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/casefile"
	"wsprobe/internal/mutant"
	"wsprobe/internal/probe"
	"wsprobe/internal/record"
	"wsprobe/report"
)

// played is a case that was played and written down.
type played struct {
	*testing.T
	folder, port string
	conns        []*record.Conversation
}

// play plays cases of ours against the server that breaks that one rule, or
// against the right one, and writes them down.
func play(t *testing.T, broken string, ids ...string) map[string]*played {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var fault *mutant.Mutant
	if i := slices.IndexFunc(mutant.All(), func(m mutant.Mutant) bool { return m.Name == broken }); i >= 0 {
		fault = &mutant.All()[i]
	}
	t.Cleanup(mutant.Serve(l, fault))
	_, port, _ := net.SplitHostPort(l.Addr().String())
	into := record.Repro{Dir: t.TempDir()}
	all := map[string]*played{}
	r, err := probe.Run(context.Background(), probe.Options{
		URL: "ws://" + l.Addr().String() + "/echo", Cases: ours(t, ids), TimeoutScale: 0.5,
		Capture: func(c *report.Case, conns []*record.Conversation) {
			if err := into.Write(c, conns); err != nil {
				t.Error(err)
			}
			folder := strings.NewReplacer("/", "_", "[", "_", "]", "").Replace(c.ID)
			all[c.ID] = &played{t, filepath.Join(into.Dir, folder), port, conns}
		},
	})
	if err != nil || r.Trouble != "" || len(all) != len(ids) {
		t.Fatalf("%v, %s; %d of %d cases were played", err, r.Trouble, len(all), len(ids))
	}
	return all
}

func ours(t *testing.T, ids []string) []*casefile.Case {
	t.Helper()
	all, problems, err := casefile.Load([]string{"../../cases"})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return slices.DeleteFunc(all, func(c *casefile.Case) bool { return !slices.Contains(ids, c.ID) })
}

// read returns what is in the one file of the folder that fits.
func (p *played) read(pattern string) []byte {
	p.Helper()
	files, _ := filepath.Glob(filepath.Join(p.folder, pattern))
	if len(files) != 1 {
		p.Fatalf("%d files are %s in %s", len(files), pattern, p.folder)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		p.Fatal(err)
	}
	return b
}

// fields are what is asked of tshark.
var fields = []string{
	"tcp.stream", "tcp.srcport", "tcp.payload", "tcp.flags.fin", "tcp.flags.reset", "frame.comment",
	"websocket.fin", "websocket.rsv", "websocket.opcode", "websocket.mask", "websocket.payload_length",
	"ip.checksum.status", "tcp.checksum.status", "tcp.analysis.flags", "_ws.malformed",
}

// packet is what tshark tells of a packet, by field.
type packet map[string]string

// tshark returns what Wireshark makes of the packets. A port of ours may be
// another protocol's by chance, so that it is told.
func (p *played) tshark() (packets []packet) {
	p.Helper()
	cmd := exec.Command("tshark", "-n", "-r", filepath.Join(p.folder, "conversation.pcapng"), "-d", "tcp.port=="+p.port+",http",
		"-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields")
	for _, f := range fields {
		cmd.Args = append(cmd.Args, "-e", f)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		p.Fatalf("%v: %v: %s", cmd, err, errs.String())
	}
	for line := range strings.Lines(string(out)) {
		told := packet{}
		for i, value := range strings.Split(strings.TrimSuffix(line, "\n"), "\t") {
			told[fields[i]] = value
		}
		packets = append(packets, told)
	}
	return packets
}
