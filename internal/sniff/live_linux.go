package sniff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// How a live capture is set up.
const (
	liveBuffer  = 64 << 20               // bytes that the kernel keeps for us
	livePacket  = 1 << 20                // bytes; the largest that the kernel makes are half of that
	liveTimeout = 200 * time.Millisecond // how long Next waits at most
)

// Live captures on an interface. Packets begin with IP: what is below is the
// kernel's affair.
type Live struct {
	fd       int
	buf, oob []byte
	loopback map[int]bool // by the index of the interface
	dropped  uint64
}

// ErrQuiet says that no packet came for a while.
var ErrQuiet = errors.New("no packet came")

// Listen begins to capture TCP on an interface; "any" is all of them. Promiscuous
// asks for packets that are for other machines.
func Listen(name string, promiscuous bool) (*Live, error) {
	l := &Live{buf: make([]byte, livePacket), oob: make([]byte, unix.CmsgSpace(16)), loopback: map[int]bool{}}
	index, err := l.interfaces(name)
	if err != nil {
		return nil, err
	}
	l.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("opening a packet socket: %w", err)
	}
	if err := l.setUp(index, promiscuous); err != nil {
		unix.Close(l.fd)
		return nil, err
	}
	return l, nil
}

// interfaces finds the interface of a name, and which are loopbacks.
func (l *Live) interfaces(name string) (index int, err error) {
	all, err := net.Interfaces()
	if err != nil {
		return 0, err
	}
	found := name == "any"
	for _, i := range all {
		l.loopback[i.Index] = i.Flags&net.FlagLoopback != 0
		if i.Name == name {
			index, found = i.Index, true
		}
	}
	if !found {
		return 0, fmt.Errorf("there is no interface %q", name)
	}
	return index, nil
}

// setUp has the kernel filter, keep and stamp packets, from the moment on at which
// it is bound.
func (l *Live) setUp(index int, promiscuous bool) error {
	filter, err := tcpOnly()
	if err != nil {
		return err
	}
	wait := unix.NsecToTimeval(int64(liveTimeout))
	unix.SetsockoptInt(l.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, liveBuffer) // as much as may be
	unix.SetsockoptInt(l.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, liveBuffer)
	err = errors.Join(
		unix.SetsockoptSockFprog(l.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, filter),
		unix.SetsockoptInt(l.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptTimeval(l.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait),
	)
	if promiscuous && err == nil && index != 0 {
		err = unix.SetsockoptPacketMreq(l.fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP,
			&unix.PacketMreq{Ifindex: int32(index), Type: unix.PACKET_MR_PROMISC})
	}
	if err == nil {
		err = unix.Bind(l.fd, &unix.SockaddrLinklayer{Protocol: swapped(unix.ETH_P_ALL), Ifindex: index})
	}
	if err != nil {
		return fmt.Errorf("setting up a packet socket: %w", err)
	}
	return nil
}

// swapped returns a number in the order of bytes of the network.
func swapped(n uint16) uint16 { return n<<8 | n>>8 }

// tcpOnly is a filter for packets that begin with IP: TCP, fragments of which only
// the first says so included, and IPv6 with headers between.
func tcpOnly() (*unix.SockFprog, error) {
	raw, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 0, Size: 1},
		bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 4, SkipFalse: 2},
		bpf.LoadAbsolute{Off: 9, Size: 1},
		bpf.Jump{Skip: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 6, SkipTrue: 8},
		bpf.LoadAbsolute{Off: 6, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoTCP, SkipTrue: 7},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoHops, SkipTrue: 6},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoIPv4, SkipTrue: 5},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoIPv6, SkipTrue: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoRouting, SkipTrue: 3},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoFrag, SkipTrue: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoOptions, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.RetConstant{Val: 1 << 20},
	})
	if err != nil {
		return nil, err
	}
	filter := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		filter[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	return &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}, nil
}

// Next reads a packet. The error is ErrQuiet where none came for a while.
func (l *Live) Next(p *Packet) error {
	for {
		n, oobn, _, from, err := unix.Recvmsg(l.fd, l.buf, l.oob, unix.MSG_TRUNC)
		switch {
		case err == unix.EINTR: // by the runtime; there may be packets
			continue
		case err == unix.EAGAIN:
			return ErrQuiet
		case err != nil:
			return fmt.Errorf("reading a packet: %w", err)
		}
		// On a loopback each packet is sent and received.
		at, ok := from.(*unix.SockaddrLinklayer)
		if ok && at.Pkttype == unix.PACKET_OUTGOING && l.loopback[at.Ifindex] {
			continue
		}
		*p = Packet{Link: LinkRaw, At: l.stamp(l.oob[:oobn]), Data: l.buf[:min(n, len(l.buf))], Length: n}
		return nil
	}
}

// stamp returns when the kernel had a packet.
func (l *Live) stamp(oob []byte) int64 {
	messages, err := unix.ParseSocketControlMessage(oob)
	for _, m := range messages {
		if err == nil && m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
			return int64(binary.NativeEndian.Uint64(m.Data))*1e9 + int64(binary.NativeEndian.Uint64(m.Data[8:]))
		}
	}
	return time.Now().UnixNano()
}

// Dropped returns how many packets the kernel had no room for, so far.
func (l *Live) Dropped() uint64 {
	if s, err := unix.GetsockoptTpacketStats(l.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
		l.dropped += uint64(s.Drops) // since it was asked last
	}
	return l.dropped
}

// Known returns what Dropped returned last.
func (l *Live) Known() uint64 { return l.dropped }

// Close ends the capture.
func (l *Live) Close() error { return unix.Close(l.fd) }
