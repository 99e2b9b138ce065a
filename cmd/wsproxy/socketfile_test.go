package main

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// left leaves a socket behind that nobody listens at.
func left(t *testing.T, path string) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
}

// A socket that nobody listens at any more is replaced, with the mode that is asked
// for, and goes with us.
func TestSocketFile(t *testing.T) {
	for flag, want := range map[string]fs.FileMode{"600": 0o600, "0666": 0o666} {
		path := socketIn(t, "proxy.sock")
		left(t, path)
		_, stop := proxied(t, "127.0.0.1:1", io.Discard, "--listen", "unix:"+path, "--listen-mode", flag)
		about, err := os.Lstat(path)
		if err != nil || about.Mode() != fs.ModeSocket|want {
			t.Errorf("%v %v", about, err)
		}
		stop()
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("it is still there: %v", err)
		}
	}
}

// What another program has put in the place of our socket stays.
func TestSocketOfAnother(t *testing.T) {
	path := socketIn(t, "proxy.sock")
	_, stop := proxied(t, "127.0.0.1:1", io.Discard, "--listen", "unix:"+path)
	os.Remove(path)
	left(t, path)
	stop()
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
}

// What is no socket, or has somebody listen at it, is not replaced; and what makes no
// sense is said.
func TestSocketMistakes(t *testing.T) {
	busy, file, link := socketIn(t, "busy.sock"), socketIn(t, "file"), socketIn(t, "link")
	bundledAt(t, busy)
	os.WriteFile(file, []byte("as before"), 0o600)
	os.Symlink(busy, link)
	for _, tt := range []struct {
		args, want string
		code       int
	}{
		{"127.0.0.1:1 --listen unix:" + busy, "another program listens there", 1},
		{"127.0.0.1:1 --listen unix:" + file, "it is no socket", 1},
		{"127.0.0.1:1 --listen unix:" + link, "it is no socket", 1},
		{"127.0.0.1:1 --listen unix:" + file + "/x.sock", "not a directory", 1},
		{"127.0.0.1:1 --listen unix:/nowhere/x.sock", "no such file or directory", 1},
		{"127.0.0.1:1 --listen unix:", "which socket?", 2},
		{"127.0.0.1:1 --listen /tmp/x.sock", "neither HOST:PORT nor unix:PATH", 2},
		{"127.0.0.1:1 --listen unix:" + strings.Repeat("x", 200), "bytes, not 200", 2},
		{"127.0.0.1:1 --listen unix:x.sock --allow 10.0.0.0/8", "--listen-mode says who can connect", 2},
		{"127.0.0.1:1 --listen unix:x.sock --listen-mode 800", "--listen-mode is such as 660", 2},
		{"127.0.0.1:1 --listen-mode 600", "--listen-mode is of a Unix socket", 2},
		{"transparent --listen unix:x.sock", "redirects to a port", 2},
		{"unix:", "which socket?", 2},
		{"ws+unix:///run/app.sock:chat", "is no path of a URL", 2},
		{"/run/app.sock", "neither HOST:PORT nor unix:PATH nor a URL", 2},
		{"unix:x.sock --insecure", "are for wss://", 2},
	} {
		if code, shown, talk := called(strings.Fields(tt.args)...); code != tt.code || shown != "" || !strings.Contains(talk, tt.want) {
			t.Errorf("%s: %d %s%s", tt.args, code, shown, talk)
		}
	}
	if text, err := os.ReadFile(file); string(text) != "as before" {
		t.Errorf("%q %v", text, err)
	}
	addr, stop := proxied(t, "unix:"+link, io.Discard)
	defer stop()
	talk(t, "ws://"+addr+"/echo", false, "still there")
}

// A proxy in front of itself, by another name too, and one in front of nobody, end the
// connection and say why.
func TestSocketLoop(t *testing.T) {
	for target, want := range map[string]string{"proxy.sock": "that is this proxy itself", "link.sock": "that is this proxy itself", "gone.sock": "no such file", "dead.sock": "refused"} {
		path := socketIn(t, "proxy.sock")
		dir := strings.TrimSuffix(path, "proxy.sock")
		os.Symlink(path, dir+"link.sock")
		left(t, dir+"dead.sock")
		proxy := started(t, "unix:"+dir+target, "--listen", "unix:"+path)
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 1)); err == nil {
			t.Errorf("%s: %d bytes", target, n)
		}
		c.Close()
		proxy.stop()
		if !strings.Contains(proxy.said.String(), want) {
			t.Errorf("%s: %s", target, proxy.said.String())
		}
	}
}

// A server whose queue is full for the moment is waited for, as one at a port is. Linux
// says so with an error of its own; elsewhere it is the one of a server that is not there.
func TestSocketQueueIsFull(t *testing.T) {
	if runtime.GOOS != "linux" {
		return
	}
	path := socketIn(t, "app.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	raw, _ := l.(*net.UnixListener).SyscallConn()
	raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) })
	if err != nil {
		t.Fatal(err)
	}
	full := 0
	for ; err == nil && full < 100; full++ {
		var c net.Conn
		if c, err = net.Dial("unix", path); err == nil {
			defer c.Close()
		}
	}
	if !errors.Is(err, syscall.EAGAIN) {
		t.Fatalf("the queue took %d, and then %v", full, err)
	}
	addr, stop := proxied(t, "unix:"+path, io.Discard)
	defer stop()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("hello"))
	for range full {
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if full--; full == 0 {
			text := make([]byte, 5)
			if _, err := io.ReadFull(s, text); string(text) != "hello" {
				t.Errorf("%q %v", text, err)
			}
		}
	}
}

// A user who may not connect is told so, as our own client and as ours.
func TestSocketPermissions(t *testing.T) {
	if os.Getuid() != 0 {
		t.Log("only root can be another user")
		return
	}
	path := socketIn(t, "proxy.sock")
	_, stop := proxied(t, bundled(t), io.Discard, "--listen", "unix:"+path)
	defer stop()
	os.Chmod(strings.TrimSuffix(path, "/proxy.sock"), 0o755)
	cmd := exec.Command("curl", "-sS", "--unix-socket", path, "http://localhost/")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Errorf("another user got %s", out)
	}
}
