// Command gobwas is an echo server on github.com/gobwas/ws: the library's own
// upgrade from a TCP connection, without net/http, and its wsutil and wsflate
// packages put together as their documents show.
package main

import (
	"compress/flate"
	"errors"
	"io"
	"log"
	"net"
	"os"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
	"github.com/gobwas/ws/wsutil"
)

const maxMessage = 32 << 20

func main() {
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(conn)
	}
}

func serve(conn net.Conn) {
	defer conn.Close()
	deflate := wsflate.Extension{Parameters: wsflate.DefaultParameters}
	upgrader := ws.Upgrader{Negotiate: deflate.Negotiate}
	if _, err := upgrader.Upgrade(conn); err != nil {
		return // Upgrade has answered with an HTTP error
	}
	_, compressed := deflate.Accepted()
	fail(conn, newEcho(conn, compressed).loop())
}

// echo is one connection. Extensions is empty where none was agreed, so that
// the reader refuses reserved bits.
type echo struct {
	conn    net.Conn
	state   ws.State
	flate   wsflate.MessageState
	control wsutil.FrameHandlerFunc
	reader  wsutil.Reader
}

func newEcho(conn net.Conn, compressed bool) *echo {
	e := &echo{conn: conn, state: ws.StateServerSide}
	e.control = wsutil.ControlFrameHandler(conn, e.state)
	e.reader = wsutil.Reader{
		Source: conn, CheckUTF8: !compressed, MaxMessageSize: maxMessage, OnIntermediate: e.control,
	}
	if compressed {
		e.state |= ws.StateExtended
		e.reader.Extensions = []wsutil.RecvExtension{&e.flate}
	}
	e.reader.State = e.state
	return e
}

func (e *echo) loop() error {
	for {
		header, err := e.reader.NextFrame()
		if err == nil && header.OpCode.IsControl() {
			err = e.control(header, &e.reader)
		} else if err == nil {
			err = e.message(header.OpCode)
		}
		if err != nil {
			return err
		}
	}
}

func (e *echo) message(opcode ws.OpCode) error {
	var source io.Reader = &e.reader
	if e.flate.IsCompressed() {
		source = wsflate.NewReader(source, func(r io.Reader) wsflate.Decompressor { return flate.NewReader(r) })
	}
	payload, err := io.ReadAll(io.LimitReader(source, maxMessage+1))
	if err != nil {
		return err
	}
	if len(payload) > maxMessage {
		return wsutil.ErrMessageTooLarge
	}
	frame := ws.NewFrame(opcode, true, payload)
	if e.flate.IsCompressed() {
		if frame, err = wsflate.CompressFrame(frame); err != nil {
			return err
		}
	}
	return ws.WriteFrame(e.conn, frame)
}

// fail says why the connection ends, where it is the client's doing, and reads
// on for a moment so that the Close frame is not lost to a reset.
func fail(conn net.Conn, err error) {
	var protocol ws.ProtocolError
	code := ws.StatusCode(0)
	switch {
	case errors.Is(err, wsutil.ErrInvalidUTF8):
		code = ws.StatusInvalidFramePayloadData
	case errors.Is(err, wsutil.ErrMessageTooLarge):
		code = ws.StatusMessageTooBig
	case errors.As(err, &protocol), errors.Is(err, wsflate.ErrUnexpectedCompressionBit):
		code = ws.StatusProtocolError
	default:
		return
	}
	if ws.WriteFrame(conn, ws.NewCloseFrame(ws.NewCloseFrameBody(code, ""))) != nil {
		return
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	_ = conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	_, _ = io.Copy(io.Discard, conn)
}
