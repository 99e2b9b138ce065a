package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lends this binary to the scripts as wsprobe itself and as servers
// that --start can start.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wsprobe":     main,
		"rightserver": func() { serveAt(os.Args[1], "right") },
		"wrongserver": func() { serveAt(os.Args[1], os.Args[2]) },
		"dyingserver": func() { dieAt(os.Args[1]) },
		"busy":        keepBusy,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"serve":     serveScript,
			"interrupt": interrupt,
		},
	})
}

// exits runs a command that must end with that exit code: exits 2 wsprobe run …
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		code = ended.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// serveScript starts one of our servers for as long as the script runs and puts
// its URL into $URL: serve silent
func serveScript(ts *testscript.TestScript, _ bool, args []string) {
	s, err := startServer(strings.Join(args, " "), "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(s.stop)
	ts.Setenv("URL", s.url)
	ts.Setenv("PORT", s.port)
	if s.cert != nil {
		ts.Check(os.WriteFile(ts.MkAbs("cert.pem"), s.cert, 0o666))
	}
}

// interrupt runs wsprobe, sends it SIGINT once it has found the target, and
// wants exit code 130. What it prints goes to the files stdout and stderr.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	path, err := exec.LookPath(filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], args[0]))
	ts.Check(err)
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), append(os.Environ(), "PATH="+ts.Getenv("PATH"))
	var out bytes.Buffer
	talk := &watched{word: "target:", seen: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &out, talk
	ts.Check(cmd.Start())
	select {
	case <-talk.seen:
	case <-time.After(time.Minute):
		ts.Logf("no target was found")
	}
	ts.Check(cmd.Process.Signal(syscall.SIGINT))
	cmd.Wait()
	ts.Check(os.WriteFile(ts.MkAbs("stdout"), out.Bytes(), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs("stderr"), talk.text.Bytes(), 0o666))
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		ts.Fatalf("exit code %d, want 130; standard error:\n%s", code, talk.text.String())
	}
}

// watched says when a word has been written to it.
type watched struct {
	word string
	text bytes.Buffer
	once sync.Once
	seen chan struct{}
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.text.Write(p)
	if strings.Contains(w.text.String(), w.word) {
		w.once.Do(func() { close(w.seen) })
	}
	return n, err
}
