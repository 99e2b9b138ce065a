package main

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// ends are the two ends of a TCP connection.
func ends(t *testing.T) (near, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if far, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if near, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	return near, far
}

// Whoever of the two says something, or ends, ends the wait. Where neither does, it
// ends too.
func TestFirstBytes(t *testing.T) {
	const long, short = time.Minute, time.Millisecond
	for name, tt := range map[string]struct {
		does     func(client, server net.Conn)
		patience time.Duration
		want     error
		first    string
		again    string // what the server is read to say
	}{
		"the client speaks": {func(c, _ net.Conn) { io.WriteString(c, "GET") }, long, nil, "GET", ""},
		"the server speaks": {func(_, s net.Conn) { io.WriteString(s, "220 ready"); s.Close() }, long, nil, "", "220 ready"},
		"the client ends":   {func(c, _ net.Conn) { c.(*net.TCPConn).CloseWrite() }, long, nil, "", ""},
		"the server ends":   {func(_, s net.Conn) { s.Close() }, long, nil, "", ""},
		"nobody does":       {func(_, _ net.Conn) {}, short, errSilent, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			client, farClient := ends(t)
			server, farServer := ends(t)
			tt.does(farClient, farServer)
			first, server, err := firstBytes(client, server, tt.patience)
			if !errors.Is(err, tt.want) || string(first) != tt.first {
				t.Fatalf("%q, %v", first, err)
			}
			farServer.Close()
			if got, err := io.ReadAll(server); err != nil || string(got) != tt.again {
				t.Errorf("the server says %q then, %v", got, err)
			}
		})
	}
}

// Both live on once one of them has said something, however little they say then.
func TestFirstBytesLeaveNoDeadline(t *testing.T) {
	client, farClient := ends(t)
	server, farServer := ends(t)
	io.WriteString(farClient, "G")
	_, server, err := firstBytes(client, server, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []struct{ near, far net.Conn }{{client, farClient}, {server, farServer}} {
		heard := make(chan error)
		go func() {
			_, err := end.near.Read(make([]byte, 1))
			heard <- err
		}()
		io.WriteString(end.far, "x")
		if err := <-heard; err != nil {
			t.Error(err)
		}
	}
}
