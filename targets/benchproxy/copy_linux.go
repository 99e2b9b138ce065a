package main

import (
	"io"
	"net"
	"sync"
)

// copyProxy is the least that a proxy in Go can be.
func copyProxy(listen, to string) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	for {
		client, err := l.Accept()
		if err != nil {
			return err
		}
		go join(client.(*net.TCPConn), to)
	}
}

func join(client *net.TCPConn, to string) {
	defer client.Close()
	c, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	server := c.(*net.TCPConn)
	defer server.Close()
	var back sync.WaitGroup
	back.Go(func() {
		io.Copy(client, server)
		client.CloseWrite()
	})
	io.Copy(server, client)
	server.CloseWrite()
	back.Wait()
}
