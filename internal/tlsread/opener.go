package tlsread

import (
	"crypto/cipher"
	"encoding/binary"
)

// What frames a record, and what a cipher adds to it (RFC 8446 §5.2, RFC 5246 §6.2.3).
const (
	headSize   = 5
	maxRecord  = 1<<14 + 2048
	nonceSize  = 12
	tagSize    = 16
	leastAdded = headSize + tagSize
)

// The types of records (RFC 8446 §5.1); 24 is a heartbeat.
const (
	typeCCS       = 20
	typeAlert     = 21
	typeHandshake = 22
	typeData      = 23
	typeHeartbeat = 24
)

// room is what opening takes, which is shared, as one is opened at a time.
type room struct {
	plain []byte
	nonce [nonceSize]byte
	added [13]byte
}

// opener opens the records of a side, from one change of keys to the next.
type opener struct {
	aead     cipher.AEAD
	iv       [nonceSize]byte
	modern   bool   // TLS 1.3
	explicit bool   // nonces come with the records
	seq      uint64 // of the next record
}

// cost is what a record has beside its plain text, where it is not padded.
func (o *opener) cost() int {
	switch {
	case o.modern:
		return leastAdded + 1
	case o.explicit:
		return leastAdded + explicitSize
	}
	return leastAdded
}

// open opens a record as that of a number. What it returns is valid until the next
// one is opened. padded says that there was more than the text in it.
func (o *opener) open(r *room, record []byte, seq uint64) (kind byte, plain []byte, padded, ok bool) {
	if len(record) < o.cost() {
		return 0, nil, false, false
	}
	if r.plain == nil {
		r.plain = make([]byte, 0, maxRecord)
	}
	text, added := record[headSize:], r.added[:]
	r.nonce = o.iv
	if o.explicit {
		copy(r.nonce[saltSize:], text[:explicitSize])
		text = text[explicitSize:]
	} else {
		for i := range 8 {
			r.nonce[nonceSize-1-i] ^= byte(seq >> (8 * i))
		}
	}
	if o.modern {
		added = append(added[:0], record[:headSize]...)
	} else {
		binary.BigEndian.PutUint64(added, seq)
		copy(added[8:], record[:3])
		binary.BigEndian.PutUint16(added[11:], uint16(len(text)-tagSize))
	}
	plain, err := o.aead.Open(r.plain[:0], r.nonce[:], text, added)
	if err != nil || !o.modern {
		return record[0], plain, false, err == nil
	}
	return inner(plain)
}

// inner takes the padding and the type off a record of TLS 1.3 (RFC 8446 §5.4).
func inner(p []byte) (kind byte, plain []byte, padded, ok bool) {
	n := len(p)
	for n > 0 && p[n-1] == 0 {
		n--
	}
	if n == 0 {
		return 0, nil, true, true
	}
	return p[n-1], p[:n-1], n < len(p), true
}
