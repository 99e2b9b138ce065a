package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// contender is one who is compared.
type contender struct {
	name    string
	needs   string // a program, or a file that its package brings
	debian  string // of Debian, that brings it
	idlers  int    // connections whose memory is measured
	slow    bool   // thousands of messages a second, not millions
	command func(s *stage, addr string) *exec.Cmd

	addr    string
	process *exec.Cmd
	record  string // the file that it writes, if any
	results
	beside results // of the second of all, each measured next to its own
}

// everyone returns all contenders. The first two are always there, to compare with.
func everyone() []*contender {
	return []*contender{
		{name: "direct"},
		{name: "io.Copy", idlers: 2000, command: func(s *stage, addr string) *exec.Cmd {
			return exec.Command(os.Args[0], "copy", addr, s.echo)
		}},
		{name: "nginx", needs: "/usr/lib/nginx/modules/ngx_stream_module.so", debian: "libnginx-mod-stream", idlers: 2000, command: nginx},
		{name: "HAProxy", needs: "haproxy", debian: "haproxy", idlers: 2000, command: haproxy},
		{name: "socat", needs: "socat", debian: "socat", idlers: 500, command: socat},
		{name: "mitmproxy", needs: "mitmdump", debian: "mitmproxy", idlers: 200, slow: true, command: mitmproxy},
		wsproxy("wsproxy", ""),
		wsproxy("wsproxy .jsonl", "bench.jsonl"),
		wsproxy("wsproxy .pcapng", "bench.pcapng"),
	}
}

// wsproxy is ours. Where it records, it may lose nothing.
func wsproxy(name, file string) *contender {
	c := &contender{name: name, idlers: 2000}
	c.command = func(s *stage, addr string) *exec.Cmd {
		args := []string{"--quiet", "--listen", addr}
		if file != "" {
			c.record = filepath.Join(s.folder, file)
			args = append(args, "--lossless", "--write", c.record)
		}
		return exec.Command(s.wsproxy, append(args, s.echo)...)
	}
	return c
}

func nginx(s *stage, addr string) *exec.Cmd {
	return exec.Command("nginx", "-p", s.folder, "-e", "stderr", "-c", s.file("nginx.conf", `
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
pid nginx.pid;
worker_processes auto;
worker_rlimit_nofile 20000;
events { worker_connections 10000; }
stream { server { listen %s backlog=4096; proxy_pass %s; } }
`, addr, s.echo))
}

func haproxy(s *stage, addr string) *exec.Cmd {
	return exec.Command("haproxy", "-q", "-f", s.file("haproxy.cfg", `
global
  maxconn 8000
defaults
  mode tcp
  timeout connect 10s
  timeout client 1h
  timeout server 1h
listen echo
  bind %s backlog 4096
  server echo %s
`, addr, s.echo))
}

func socat(s *stage, addr string) *exec.Cmd {
	host, port, _ := net.SplitHostPort(addr)
	return exec.Command("socat", "TCP-LISTEN:"+port+",bind="+host+",fork,reuseaddr,backlog=4096", "TCP:"+s.echo)
}

func mitmproxy(s *stage, addr string) *exec.Cmd {
	host, port, _ := net.SplitHostPort(addr)
	return exec.Command("mitmdump", "--quiet", "--set", "confdir="+s.folder,
		"--mode", "reverse:http://"+s.echo, "--listen-host", host, "--listen-port", port)
}

// there reports whether what a contender needs is installed, and says so if not.
func (c *contender) there() bool {
	if c.needs == "" {
		return true
	}
	_, err := os.Stat(c.needs)
	if !filepath.IsAbs(c.needs) {
		_, err = exec.LookPath(c.needs)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s is left out: the package %s is not installed\n", c.name, c.debian)
	}
	return err == nil
}

// wanted reports whether a contender is among those that were named.
func (c *contender) wanted(names []string) bool {
	wanted := len(names) == 0 || c.name == "direct" || c.name == "io.Copy"
	for _, n := range names {
		wanted = wanted || strings.EqualFold(n, c.name) || strings.HasPrefix(n, ".") && strings.HasSuffix(c.name, n)
	}
	return wanted
}
