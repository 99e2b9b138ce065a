package record

import (
	"bytes"
	"testing"
	"time"

	"wsprobe/internal/lint"
)

// A write is known only after it was made, so that what it caused may be kept
// before it.
func TestPiecesAreInTheOrderOfTheirTime(t *testing.T) {
	c := &Conversation{}
	c.Data(lint.Client, 1, []byte("ask"))
	c.Data(lint.Server, 3, []byte("answer"))
	c.Data(lint.Client, 2, []byte("more"))
	c.End(lint.Server, 4, lint.EndFIN)
	c.End(lint.Server, 5, lint.EndReset) // a stream ends once
	var at []time.Duration
	for _, p := range c.Pieces {
		at = append(at, p.At)
	}
	if len(at) != 4 || at[1] != 2 || at[3] != 4 {
		t.Errorf("the times are %v", at)
	}
	if sent := c.Bytes(lint.Client); string(sent) != "askmore" {
		t.Errorf("the client sent %q", sent)
	}
}

func TestKeptBytesAreCopies(t *testing.T) {
	c := &Conversation{}
	buf := []byte("one")
	c.Data(lint.Server, 0, buf)
	copy(buf, "two")
	if got := c.Bytes(lint.Server); string(got) != "one" {
		t.Errorf("kept %q", got)
	}
}

func TestConversationIsBounded(t *testing.T) {
	t.Run("bytes", func(t *testing.T) {
		c := &Conversation{}
		c.Data(lint.Client, 0, make([]byte, keepBytes-1))
		c.Data(lint.Client, 0, []byte("abc"))
		c.Data(lint.Client, 0, []byte("d"))
		c.Data(lint.Server, 0, []byte("e"))
		sent := c.Bytes(lint.Client)
		if len(sent) != keepBytes || sent[keepBytes-1] != 'a' || c.Lost != [2]uint64{3, 0} {
			t.Errorf("kept %d bytes and lost %v", len(sent), c.Lost)
		}
		if !bytes.Equal(c.Bytes(lint.Server), []byte("e")) {
			t.Error("one side's bytes were taken from the other's room")
		}
	})
	t.Run("pieces", func(t *testing.T) {
		c := &Conversation{}
		for range keepPieces + 2 {
			c.Data(lint.Server, 0, []byte{0})
		}
		if len(c.Pieces) != keepPieces || c.Lost != [2]uint64{0, 2} {
			t.Errorf("kept %d pieces and lost %v", len(c.Pieces), c.Lost)
		}
	})
}

func TestNilConversationKeepsNothing(t *testing.T) {
	var c *Conversation
	c.Data(lint.Client, 0, []byte("a"))
	c.End(lint.Client, 0, lint.EndFIN)
}
