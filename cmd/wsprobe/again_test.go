package main

import (
	"os/exec"
	"testing"

	"github.com/spf13/pflag"
)

func TestAgain(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{nil, "wsprobe run"},
		{[]string{"cases/", "--url", "ws://127.0.0.1:9001/", "--only", "x/*", "-v", "-j", "1"}, "wsprobe run cases/ --url ws://127.0.0.1:9001/"},
		{[]string{"--start", "./server -p {port}", "--strict"}, "wsprobe run --start './server -p {port}' --strict"},
		{[]string{"--header", "A: 1", "--header", "B: it's", "--have", "echo,chat"}, `wsprobe run --header 'A: 1' --header 'B: it'\''s' --have echo --have chat`},
		{[]string{"--target", "a.yaml", "--target", "b.yaml", "--report", "junit={target}.xml"}, "wsprobe run --target a.yaml"},
		{[]string{"my cases", "--insecure", "--timeout-scale", "2.5", "--report", "json=x", "--known", "k"}, "wsprobe run 'my cases' --insecure --timeout-scale 2.5"},
	}
	for _, tt := range tests {
		fs := pflag.NewFlagSet("run", pflag.ContinueOnError)
		fs.SortFlags = false
		setupRun(fs)
		if err := fs.Parse(tt.args); err != nil {
			t.Fatal(err)
		}
		if got := again(fs, fs.Args(), 0); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// FuzzQuote has a shell read back what was quoted.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a b", "it's", "$HOME `x` \\", "-n", "a\nb", "*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, b := range []byte(s) {
			if b == 0 {
				return // no argument can have it
			}
		}
		out, err := exec.Command("/bin/sh", "-c", "printf %s. "+quote(s)).Output()
		if err != nil || string(out) != s+"." {
			t.Errorf("quote(%q) = %s, which a shell reads as %q (%v)", s, quote(s), out, err)
		}
	})
}
