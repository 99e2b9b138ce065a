package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// stage is where the contenders stand: between the client, which we are, and the
// echo server.
type stage struct {
	folder, wsproxy string
	echo            string // the server's address
	server          *exec.Cmd
	contenders      []*contender
}

// file writes a configuration and returns its name.
func (s *stage) file(name, format string, args ...any) string {
	name = filepath.Join(s.folder, name)
	os.WriteFile(name, fmt.Appendf(nil, format, args...), 0o644)
	return name
}

// start starts the echo server and the contenders of those names; all without names.
func (s *stage) start(names []string) (err error) {
	if s.echo, err = freeAddress(); err != nil {
		return err
	}
	s.server = exec.Command(os.Args[0], "echo", s.echo)
	if err := s.launch(s.server, s.echo); err != nil {
		return err
	}
	for _, c := range everyone() {
		if !c.wanted(names) || !c.there() {
			continue
		}
		if c.addr = s.echo; c.command != nil {
			if c.addr, err = freeAddress(); err != nil {
				return err
			}
			c.process = c.command(s, c.addr)
			if err := s.launch(c.process, c.addr); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
		s.contenders = append(s.contenders, c)
	}
	return nil
}

// launch starts a process, with a group of its own for what it starts itself, and
// waits until it listens.
func (s *stage) launch(p *exec.Cmd, addr string) error {
	said, err := os.Create(filepath.Join(s.folder, filepath.Base(p.Path)+".said"))
	if err != nil {
		return err
	}
	defer said.Close()
	p.Stdout, p.Stderr = said, said
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.Start(); err != nil {
		return err
	}
	for range 200 {
		var conn net.Conn
		if conn, err = net.Dial("tcp", addr); err == nil {
			return conn.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, _ := os.ReadFile(said.Name())
	return fmt.Errorf("%w\n%s", err, text)
}

// stop ends all processes.
func (s *stage) stop() {
	for _, c := range s.contenders {
		end(c.process)
	}
	end(s.server)
}

func end(p *exec.Cmd) {
	if p != nil && p.Process != nil {
		syscall.Kill(-p.Process.Pid, syscall.SIGKILL)
		p.Wait()
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
